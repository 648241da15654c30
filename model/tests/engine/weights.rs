//! Weight files: what they say of themselves, and damaged ones.

use std::collections::HashMap;

use model::engine::{Engine, EngineError, Weights, WeightsError};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::fixture::{block_on, bytes};

/// A weight file taken apart, to be damaged and written again.
#[derive(Clone)]
struct File {
    tensors: HashMap<String, (Dtype, Vec<usize>, Vec<u8>)>,
    entries: HashMap<String, String>,
}

impl File {
    fn open(network: &str) -> Self {
        let bytes = bytes(network);
        let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let tensors = file.tensors().into_iter().map(|(name, view)| {
            let parts = (view.dtype(), view.shape().to_vec(), view.data().to_vec());
            (name, parts)
        });
        Self {
            tensors: tensors.collect(),
            entries: header.metadata().clone().unwrap(),
        }
    }

    fn read(&self) -> Result<Weights, WeightsError> {
        let views = self.tensors.iter().map(|(name, (kind, shape, data))| {
            let view = TensorView::new(*kind, shape.clone(), data).unwrap();
            (name.clone(), view)
        });
        let bytes = safetensors::serialize(views, Some(self.entries.clone())).unwrap();
        Weights::from_bytes(&bytes)
    }

    fn with_entry(&self, key: &str, value: &str) -> Result<Weights, WeightsError> {
        let mut file = self.clone();
        file.entries.insert(key.to_owned(), value.to_owned());
        file.read()
    }
}

#[test]
fn what_the_file_says_about_itself_can_be_read() {
    let weights = Weights::from_bytes(&bytes("unetpp4")).unwrap();
    assert_eq!((weights.config().width, weights.config().depth), (4, 2));
    assert_eq!(weights.version(), "fixture unetpp4");
    assert!((weights.threshold() - 0.4).abs() < 1e-6);
    assert!(
        weights.least_peak() == 0.0,
        "a file without one asks for none"
    );
    assert!((weights.temperature() - 1.5).abs() < 1e-6);
    assert_eq!(weights.golden().0.len(), 64 * 64);
    // `printf abc | sha256sum` and the file's own sum agree in form: 64 hexadecimal digits.
    assert_eq!(weights.sha256().len(), 64);
    assert!(weights.sha256().bytes().all(|b| b.is_ascii_hexdigit()));
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let whole = bytes("unet4");
    for length in [0, 1, 7, 8, 9, 100, whole.len() / 2, whole.len() - 1] {
        let result = Weights::from_bytes(&whole[..length]);
        assert!(
            matches!(result, Err(WeightsError::Format(_))),
            "{length} bytes"
        );
    }
}

#[test]
fn a_header_that_lies_about_its_length_is_refused() {
    for lie in [0_u64, 5, 1 << 20, 1 << 40, u64::MAX] {
        let mut file = bytes("unet4");
        file[..8].copy_from_slice(&lie.to_le_bytes());
        let result = Weights::from_bytes(&file);
        assert!(matches!(result, Err(WeightsError::Format(_))), "{lie}");
    }
}

#[test]
fn offsets_past_the_end_are_refused() {
    let text = String::from(
        r#"{"golden.input":{"dtype":"F32","shape":[64,64],"data_offsets":[0,16384]}}"#,
    );
    let mut file = (text.len() as u64).to_le_bytes().to_vec();
    file.extend(text.bytes());
    assert!(matches!(
        Weights::from_bytes(&file),
        Err(WeightsError::Format(_))
    ));
}

#[test]
fn a_missing_or_surplus_tensor_is_named() {
    let whole = File::open("unetpp4");
    for name in [
        "x00.conv1.weight",
        "x01.gate.psi.bias",
        "head2.weight",
        "golden.logits",
    ] {
        let mut file = whole.clone();
        file.tensors.remove(name);
        assert_eq!(file.read(), Err(WeightsError::Missing(name.to_owned())));
    }
    let mut file = whole.clone();
    file.tensors.insert(
        "x77.conv1.bias".to_owned(),
        (Dtype::F32, vec![1], vec![0; 4]),
    );
    assert_eq!(
        file.read(),
        Err(WeightsError::Unknown("x77.conv1.bias".to_owned()))
    );
}

#[test]
fn a_wrong_shape_type_or_value_is_named() {
    let whole = File::open("unet4");
    let name = "x10.conv1.bias".to_owned();
    let mut file = whole.clone();
    file.tensors
        .insert(name.clone(), (Dtype::F32, vec![4], vec![0; 16]));
    let (found, expected) = (vec![4], vec![8]);
    assert_eq!(
        file.read(),
        Err(WeightsError::Shape {
            name: name.clone(),
            found,
            expected
        })
    );
    file.tensors
        .insert(name.clone(), (Dtype::I32, vec![8], vec![0; 32]));
    let found = "I32".to_owned();
    assert_eq!(
        file.read(),
        Err(WeightsError::DataType {
            name: name.clone(),
            found
        })
    );
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let values: Vec<u8> = [0.0, bad, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
            .into_iter()
            .flat_map(f32::to_le_bytes)
            .collect();
        file.tensors
            .insert(name.clone(), (Dtype::F32, vec![8], values));
        assert_eq!(file.read(), Err(WeightsError::NotFinite(name.clone())));
    }
}

/// The file with a kernel as I8 and its factors instead of F16.
fn with_i8(name: &str, scale: &[f32]) -> File {
    let mut file = File::open("unet4");
    let (_, shape, data) = file.tensors[name].clone();
    let bytes = (0..data.len() / 2).map(|i| (i % 255) as u8).collect();
    file.tensors
        .insert(name.to_owned(), (Dtype::I8, shape, bytes));
    let factors: Vec<u8> = scale.iter().copied().flat_map(f32::to_le_bytes).collect();
    file.tensors.insert(
        format!("{name}.scale"),
        (Dtype::F32, vec![scale.len()], factors),
    );
    file
}

#[test]
fn i8_kernels_are_bytes_times_the_factor_of_their_channel() {
    let name = "x00.conv1.weight";
    let scale = [0.5_f32, 0.25, 2.0, 1.0];
    // What the bytes 0, 1 … mean as I8, times the factors, in F32.
    let values: Vec<u8> = (0..4 * 9_usize)
        .map(|i| f32::from(i as u8 as i8) * scale[i / 9])
        .flat_map(f32::to_le_bytes)
        .collect();
    let file = with_i8(name, &scale);
    let mut plain = file.clone();
    plain.tensors.remove("x00.conv1.weight.scale");
    let shape = file.tensors[name].1.clone();
    plain
        .tensors
        .insert(name.to_owned(), (Dtype::F32, shape, values));
    // The sums of the two files differ; what they hold must not.
    let input = vec![0.25_f32; 64 * 64];
    let logits = |file: &File| {
        let mut engine = Engine::cpu(&file.read().unwrap()).unwrap();
        block_on(engine.run(&input, 64, 64, &mut async |_, _| true)).unwrap()
    };
    assert_eq!(logits(&file), logits(&plain));
}

#[test]
fn i8_kernels_without_a_factor_for_each_channel_are_refused() {
    let name = "x00.conv1.weight";
    let mut file = with_i8(name, &[1.0; 4]);
    file.tensors.remove("x00.conv1.weight.scale");
    assert_eq!(
        file.read(),
        Err(WeightsError::Missing(format!("{name}.scale")))
    );
    let short = with_i8(name, &[1.0; 3]).read();
    assert!(
        matches!(short, Err(WeightsError::Shape { .. })),
        "{short:?}"
    );
    let nan = with_i8(name, &[1.0, f32::NAN, 1.0, 1.0]).read();
    assert_eq!(nan, Err(WeightsError::NotFinite(format!("{name}.scale"))));
    let mut nested = with_i8(name, &[1.0; 4]);
    nested.tensors.insert(
        format!("{name}.scale"),
        (Dtype::I8, vec![4], vec![1, 1, 1, 1]),
    );
    assert!(matches!(nested.read(), Err(WeightsError::DataType { .. })));
}

#[test]
fn unusable_metadata_is_refused() {
    let whole = File::open("unet4");
    let key_of = |result: Result<Weights, WeightsError>| match result {
        Err(WeightsError::Metadata { key, .. }) => key,
        other => panic!("{other:?}"),
    };
    for key in ["config", "version", "threshold", "temperature", "trained"] {
        let mut file = whole.clone();
        file.entries.remove(key);
        assert_eq!(key_of(file.read()), key);
    }
    for value in ["", "x", "0", "1", "1.5", "-0.5", "nan", "inf"] {
        assert_eq!(key_of(whole.with_entry("threshold", value)), "threshold");
    }
    for value in ["", "x", "1", "-0.5", "nan", "inf"] {
        assert_eq!(key_of(whole.with_entry("least_peak", value)), "least_peak");
    }
    for value in ["0", "-1", "nan", "inf"] {
        assert_eq!(
            key_of(whole.with_entry("temperature", value)),
            "temperature"
        );
    }
    for (width, depth) in [
        ("0", "2"),
        ("4", "0"),
        ("4", "60"),
        ("99999999999", "2"),
        ("-4", "2"),
    ] {
        let config = format!(
            r#"{{"architecture":"unet","width":{width},"depth":{depth},"attention":false,"deep_supervision":false}}"#
        );
        assert_eq!(key_of(whole.with_entry("config", &config)), "config");
    }
}

#[test]
fn one_corrupted_filter_fails_the_self_test() {
    let mut file = File::open("unetpp4");
    let (_, _, data) = file.tensors.get_mut("x01.conv2.weight").unwrap();
    // The first filter of nine F16 weights a channel, all set to 1.
    for value in data[..18].as_chunks_mut::<2>().0 {
        *value = half::f16::ONE.to_le_bytes();
    }
    let weights = file.read().unwrap();
    let mut engine = Engine::cpu(&weights).unwrap();
    let result = block_on(engine.self_test(&weights));
    assert!(
        matches!(result, Err(EngineError::SelfTest { .. })),
        "{result:?}"
    );
}
