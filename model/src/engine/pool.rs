//! How many workers share the slices of a series.
//!
//! Slices are independent, so workers need no shared memory, and therefore no
//! cross-origin isolation; each has its own copy of the network.

use crate::protocol::BackendChoice;

/// Shorter series are done before more workers have started.
const FEWEST_SLICES: usize = 3;

/// How much memory a machine has. Each worker holds 100 to 200 MiB of buffers for a slice of 512 ×
/// 512 pixels; so does the one that starts them, if it computes because they are late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// As computers have it.
    Ample,
    /// As phones have it, whose browsers end a page that takes too much.
    Little,
}

impl Memory {
    fn most_workers(self) -> usize {
        match self {
            Self::Ample => 4,
            Self::Little => 2,
        }
    }
}

/// A graphics card computes one slice at a time; a second worker prepares the next slice and
/// measures the last one meanwhile.
const GPU_WORKERS: usize = 2;

/// Workers for `slices` slices on a machine with `cores` logical processors; 0 where one
/// worker does as well alone.
pub fn workers(slices: usize, cores: usize, memory: Memory, backend: BackendChoice) -> usize {
    let most = match backend {
        BackendChoice::Gpu => GPU_WORKERS,
        BackendChoice::Auto | BackendChoice::Cpu => cores.min(memory.most_workers()),
    };
    if slices < FEWEST_SLICES || cores < 2 {
        0
    } else {
        most.min(slices)
    }
}

/// How much faster all workers of the processor are than one, with `cores` logical processors: two
/// of these are often one core.
pub fn side_by_side(cores: usize, memory: Memory) -> usize {
    (cores / 2).clamp(1, memory.most_workers())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_count_by_cores_and_not_by_what_these_pretend_to_be() {
        assert_eq!(
            [0, 1, 2, 3, 4, 8, 32].map(|cores| side_by_side(cores, Memory::Ample)),
            [1, 1, 1, 1, 2, 4, 4]
        );
    }

    #[test]
    fn a_series_is_shared_by_the_cores_up_to_four() {
        assert_eq!(workers(120, 2, Memory::Ample, BackendChoice::Cpu), 2);
        assert_eq!(workers(120, 16, Memory::Ample, BackendChoice::Cpu), 4);
        assert_eq!(workers(3, 16, Memory::Ample, BackendChoice::Cpu), 3);
    }

    #[test]
    fn a_phone_has_memory_for_two() {
        let on_phone = |slices, cores| workers(slices, cores, Memory::Little, BackendChoice::Cpu);
        assert_eq!([on_phone(120, 8), on_phone(120, 2)], [2, 2]);
        assert_eq!([on_phone(2, 8), on_phone(120, 1)], [0, 0]);
        assert_eq!(side_by_side(8, Memory::Little), 2);
    }

    #[test]
    fn a_graphics_card_is_fed_by_two() {
        assert_eq!(workers(120, 16, Memory::Ample, BackendChoice::Gpu), 2);
    }

    #[test]
    fn one_worker_is_left_alone_with_few_slices_or_one_core() {
        assert_eq!(workers(2, 16, Memory::Ample, BackendChoice::Cpu), 0);
        assert_eq!(workers(120, 1, Memory::Ample, BackendChoice::Gpu), 0);
    }
}
