//! The shaders in the languages of cards that the test machines do not have: as wgpu does it on a
//! Mac (Metal) and on Windows (Direct3D 12), so that a construct that one of them lacks is found
//! here.

use std::collections::BTreeSet;

use naga::back::hlsl::{self, ShaderModel};
use naga::back::msl;
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};

use super::choice::{ConvKernel, Precision, WORKGROUP, WorkgroupLimits};
use super::kernels::Convolution;
use super::{answer, roofline};
use crate::engine::plan::Plan;
use crate::network::{Architecture, NetworkConfig};

/// Every shader that any adapter may get: of both networks, with both convolutions, in every
/// precision, for workgroups as they are usually and for small ones.
fn shaders() -> BTreeSet<String> {
    let mut all = BTreeSet::from([answer::text(WORKGROUP), roofline::text()]);
    for architecture in Architecture::ALL {
        let config = NetworkConfig::published(architecture);
        let plan = Plan::new(&config, 4).unwrap();
        for kernel in ConvKernel::ALL {
            for precision in Precision::ALL {
                for invocations in [64, 256] {
                    let convolution = Convolution {
                        kernel,
                        precision,
                        limits: WorkgroupLimits {
                            invocations,
                            memory_bytes: 16 << 10,
                        },
                    };
                    let kernels = convolution.kernels(&plan).into_iter();
                    all.extend(kernels.map(|kernel| convolution.text(kernel)));
                }
            }
        }
    }
    all
}

fn parsed(shader: &str) -> (naga::Module, ModuleInfo) {
    let module = naga::front::wgsl::parse_str(shader)
        .unwrap_or_else(|e| panic!("{}\n{shader}", e.emit_to_string(shader)));
    // `unpack2x16float`, which WebGPU has everywhere, and f16 itself, which is asked for.
    let allowed = Capabilities::SHADER_FLOAT16_IN_FLOAT32 | Capabilities::SHADER_FLOAT16;
    let mut validator = Validator::new(ValidationFlags::all(), allowed);
    let info = validator
        .validate(&module)
        .unwrap_or_else(|e| panic!("{e:?}\n{shader}"));
    (module, info)
}

/// Calls of `main`, and of the two kernels that measure the roof.
fn entry_points(shader: &str) -> usize {
    shader.matches("@compute").count()
}

#[test]
fn every_shader_has_a_translation_for_metal() {
    let options = msl::Options {
        // That of macOS 12, the oldest with which browsers have WebGPU.
        lang_version: (2, 4),
        ..msl::Options::default()
    };
    let shaders = shaders();
    assert!(shaders.len() > 50, "{}", shaders.len());
    for shader in shaders {
        let (module, info) = parsed(&shader);
        let translated =
            msl::write_string(&module, &info, &options, &msl::PipelineOptions::default());
        let (text, _) = translated.unwrap_or_else(|e| panic!("{e}\n{shader}"));
        assert_eq!(text.matches("kernel void").count(), entry_points(&shader));
    }
}

#[test]
fn every_shader_has_a_translation_for_direct3d() {
    for shader in shaders() {
        let (module, info) = parsed(&shader);
        let options = hlsl::Options {
            // The first that has 16-bit numbers; the others must do with what every driver reads.
            shader_model: if shader.contains("enable f16;") {
                ShaderModel::V6_2
            } else {
                ShaderModel::V5_1
            },
            ..hlsl::Options::default()
        };
        let mut text = String::new();
        let pipeline = hlsl::PipelineOptions::default();
        hlsl::Writer::new(&mut text, &options, &pipeline)
            .write(&module, &info, None)
            .unwrap_or_else(|e| panic!("{e}\n{shader}"));
        assert_eq!(text.matches("[numthreads(").count(), entry_points(&shader));
    }
}
