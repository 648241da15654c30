//! The file around a data set (PS3.10 7.1).

use dicom_dictionary_std::{tags, uids};

use super::data_set::DataSet;
use crate::dicom::{MAGIC, PREAMBLE};

/// This writer's UID: a UUID (PS3.5 B.2), made once for it.
pub(super) const IMPLEMENTATION: &str = "2.25.302114689471692441725877342989379149226";

/// Preamble, letters and meta information of an object of this class.
pub(super) fn start(class_uid: &str, instance_uid: &str) -> Vec<u8> {
    let mut meta = DataSet::default();
    meta.put(tags::FILE_META_INFORMATION_VERSION, *b"OB", &[0, 1]);
    meta.uid(tags::MEDIA_STORAGE_SOP_CLASS_UID, class_uid);
    meta.uid(tags::MEDIA_STORAGE_SOP_INSTANCE_UID, instance_uid);
    let syntax = uids::EXPLICIT_VR_LITTLE_ENDIAN;
    meta.uid(tags::TRANSFER_SYNTAX_UID, syntax);
    meta.uid(tags::IMPLEMENTATION_CLASS_UID, IMPLEMENTATION);
    let meta = meta.into_bytes();
    let mut length = DataSet::default();
    let bytes = [meta.len() as u32];
    length.longs(tags::FILE_META_INFORMATION_GROUP_LENGTH, &bytes);

    let mut file = vec![0; PREAMBLE];
    file.extend(MAGIC);
    file.extend(length.into_bytes());
    file.extend(meta);
    file
}
