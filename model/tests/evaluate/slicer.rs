//! Marks as 3D Slicer writes them.

use crate::program::{evaluate, fresh, refused, table};
use crate::volumes::{nifti, square, write};

/// The header of a segmentation on the grid of [`nifti`], of one layer or of several.
fn header(layers: usize) -> String {
    let (dimension, sizes, directions, kinds) = if layers == 1 {
        (3, String::new(), "", "")
    } else {
        (4, format!("{layers} "), "none ", "list ")
    };
    format!(
        "NRRD0004\ntype: unsigned char\ndimension: {dimension}\nspace: left-posterior-superior\n\
         sizes: {sizes}512 512 1\n\
         space directions: {directions}(0.8,0,0) (0,0.8,0) (0,0,2.5)\n\
         kinds: {kinds}domain domain domain\nencoding: raw\nspace origin: (-200,-190,40)\n\
         Segment0_ID:=Segment_1\nSegment0_LabelValue:=1\nSegment0_Layer:=0\n\
         Segmentation_MasterRepresentation:=Binary labelmap\n\n"
    )
}

fn segmentation(layers: usize) -> Vec<u8> {
    let voxels = square().into_iter();
    let voxels = voxels.flat_map(|voxel| std::iter::repeat_n(voxel, layers));
    header(layers)
        .into_bytes()
        .into_iter()
        .chain(voxels)
        .collect()
}

#[test]
fn a_segmentation_beside_its_scan_is_scored() {
    let data = fresh("slicer");
    write(&data, "a.nii", nifti(vec![0; 512 * 512], true));
    write(&data, "a.seg.nrrd", segmentation(1));
    let out = fresh("slicer-scored");
    let metrics = evaluate(&data, &["unet"], &out);
    let lines = table(&out.join("per_slice.csv"));
    let found = ["patient", "target_px"].map(|name| lines[0][name].as_str());
    assert_eq!((found, lines.len()), (["a", "600"], 1), "{metrics}");
    for folder in [data, out] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn segments_that_overlap_are_refused_by_name() {
    let data = fresh("slicer-layers");
    write(&data, "a.nii", nifti(vec![0; 512 * 512], true));
    write(&data, "a.seg.nrrd", segmentation(2));
    let said = refused(&data, &[]);
    assert!(
        said.contains("a.seg.nrrd") && said.contains("segments that overlap, in layers"),
        "{said}"
    );
    std::fs::remove_dir_all(data).unwrap();
}
