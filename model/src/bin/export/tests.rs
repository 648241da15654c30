//! The manifest of the published networks.

use model::net::{Form, Normalisation};
use model::network::Architecture;

use crate::*;

fn folder(name: &str) -> PathBuf {
    let name = format!("neurocare-export-{}-{name}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The published manifest names the recipes and the splits that are in the repository, and says
/// the same as the weight files.
#[test]
fn the_published_manifest_says_how_the_networks_were_trained() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let weights = root.join("../public/weights");
    let manifest = read_manifest(&weights).unwrap();
    assert_eq!(manifest.len(), 2);
    for (name, entry) in manifest {
        let training = entry.training;
        assert_eq!(training.splits_sha256, hex(&Sha256::digest(SPLITS)));
        assert!(!training.recipes.is_empty());
        for recipe in &training.recipes {
            let recipe = Recipe::read(&root.join("config").join(recipe)).unwrap();
            assert_eq!(recipe.network.architecture.id(), name);
        }
        let bytes = std::fs::read(weights.join(&entry.file)).unwrap();
        assert_eq!(entry.sha256, hex(&Sha256::digest(&bytes)));
        let said = format!("\"trained\":{}", serde_json::json!(training.trained));
        let header = bytes.windows(said.len());
        assert!(header.clone().any(|it| it == said.as_bytes()), "{said}");
    }
}

#[test]
fn an_entry_of_before_is_read_without_its_training() {
    let out = folder("before");
    let text = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/weights/manifest.json"),
    );
    let mut whole: serde_json::Value = serde_json::from_str(&text.unwrap()).unwrap();
    whole["unet"].as_object_mut().unwrap().remove("training");
    std::fs::write(out.join(MANIFEST), whole.to_string()).unwrap();
    let manifest = read_manifest(&out).unwrap();
    assert!(manifest["unet"].training.recipes.is_empty());
    assert!(!manifest["unetpp"].training.recipes.is_empty());
    std::fs::remove_dir_all(out).unwrap();
}

#[test]
fn a_manifest_that_cannot_be_read_is_not_taken_for_none() {
    let out = folder("manifest");
    assert!(read_manifest(&out).unwrap().is_empty());
    std::fs::write(out.join(MANIFEST), "{ \"unet\": ").unwrap();
    assert!(read_manifest(&out).is_err());
    std::fs::remove_file(out.join(MANIFEST)).unwrap();
    std::fs::create_dir(out.join(MANIFEST)).unwrap();
    assert!(read_manifest(&out).is_err());
    std::fs::remove_dir_all(out).unwrap();
}

#[test]
fn what_was_published_before_is_replaced_and_not_written_over() {
    let out = folder("publish");
    let label = Label {
        version: "1".to_owned(),
        threshold: 0.5,
        least_peak: 0.0,
        temperature: 1.0,
        trained: "not at all".to_owned(),
    };
    let again = |architecture, bytes: &[u8]| {
        let config = NetworkConfig {
            architecture,
            width: 2,
            depth: 1,
            attention: false,
            deep_supervision: false,
        };
        let form = Form::Training(Normalisation::Batch);
        let network = Network::new(config, form, &Device::flex());
        let manifest = read_manifest(&out).unwrap();
        let published = Published {
            label: &label,
            bytes,
            dice: &[("val", 0.5)],
            recipes: &["config/first.json".into(), "second.json".into()],
        };
        publish(&out, manifest, &network, &published).unwrap();
    };
    again(Architecture::Unet, b"old");
    again(Architecture::Unetpp, b"other");
    // A second name for each file keeps what it was, unless the file is opened and written over.
    for name in ["unet.safetensors", MANIFEST] {
        std::fs::hard_link(out.join(name), out.join(format!("{name}.old"))).unwrap();
    }
    again(Architecture::Unet, b"newer");
    let text = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
    assert_eq!(text("unet.safetensors"), "newer");
    assert_eq!(text("unet.safetensors.old"), "old");
    assert!(text("manifest.json.old").contains("\"bytes\": 3"));
    let manifest = read_manifest(&out).unwrap();
    let bytes: Vec<(&str, usize)> = manifest
        .iter()
        .map(|(name, entry)| (name.as_str(), entry.bytes))
        .collect();
    assert_eq!(bytes, [("unet", 5), ("unetpp", 5)]);
    let training = &manifest["unet"].training;
    assert_eq!(training.trained, "not at all");
    assert_eq!(training.recipes, ["first.json", "second.json"]);
    std::fs::remove_dir_all(out).unwrap();
}
