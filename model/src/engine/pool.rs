//! How many workers share the slices of a series.
//!
//! Slices are independent, so workers need no shared memory, and therefore no
//! cross-origin isolation; each has its own copy of the network.

use crate::protocol::BackendChoice;

/// Shorter series are done before more workers have started.
const FEWEST_SLICES: usize = 3;

/// Each worker holds 100 to 200 MiB of buffers for a slice of 512 × 512 pixels; so does the one that starts them, if it
/// computes because they are late.
const MOST_WORKERS: usize = 4;

/// A graphics card computes one slice at a time; a second worker prepares the next slice and
/// measures the last one meanwhile.
const GPU_WORKERS: usize = 2;

/// Workers for `slices` slices on a machine with `cores` logical processors; 0 where one
/// worker does as well alone.
pub fn workers(slices: usize, cores: usize, backend: BackendChoice) -> usize {
    let most = match backend {
        BackendChoice::Gpu => GPU_WORKERS,
        BackendChoice::Auto | BackendChoice::Cpu => cores.min(MOST_WORKERS),
    };
    if slices < FEWEST_SLICES || cores < 2 {
        0
    } else {
        most.min(slices)
    }
}

/// How much faster all workers of the processor are than one, with `cores` logical processors: two of these are often one
/// core.
pub fn side_by_side(cores: usize) -> usize {
    (cores / 2).clamp(1, MOST_WORKERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_count_by_cores_and_not_by_what_these_pretend_to_be() {
        assert_eq!(
            [0, 1, 2, 3, 4, 8, 32].map(side_by_side),
            [1, 1, 1, 1, 2, 4, 4]
        );
    }

    #[test]
    fn a_series_is_shared_by_the_cores_up_to_four() {
        assert_eq!(workers(120, 2, BackendChoice::Cpu), 2);
        assert_eq!(workers(120, 16, BackendChoice::Cpu), 4);
        assert_eq!(workers(3, 16, BackendChoice::Cpu), 3);
    }

    #[test]
    fn a_graphics_card_is_fed_by_two() {
        assert_eq!(workers(120, 16, BackendChoice::Gpu), 2);
    }

    #[test]
    fn one_worker_is_left_alone_with_few_slices_or_one_core() {
        assert_eq!(workers(2, 16, BackendChoice::Cpu), 0);
        assert_eq!(workers(120, 1, BackendChoice::Gpu), 0);
    }
}
