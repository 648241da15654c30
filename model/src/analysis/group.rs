//! Which things belong together, where pairs are known to (union-find).

/// Groups as trees; a root is the first member of its group.
#[derive(Default)]
pub(super) struct Groups {
    parents: Vec<usize>,
}

impl Groups {
    /// Adds a member that is alone in its group; its place.
    pub(super) fn add(&mut self) -> usize {
        self.parents.push(self.parents.len());
        self.parents.len() - 1
    }

    /// The first member of the group.
    fn root(&mut self, mut member: usize) -> usize {
        while let Some(&parent) = self.parents.get(member).filter(|&&parent| parent != member) {
            let above = self.parents.get(parent).copied().unwrap_or(parent);
            if let Some(parent) = self.parents.get_mut(member) {
                // Halves the way for the next time.
                *parent = above;
            }
            member = above;
        }
        member
    }

    /// Makes one group of two.
    pub(super) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(parent) = self.parents.get_mut(a.max(b)) {
            *parent = a.min(b);
        }
    }

    /// The group of each member: groups are numbered as their first members come.
    pub(super) fn number(self) -> Vec<usize> {
        let mut groups: Vec<usize> = Vec::with_capacity(self.parents.len());
        let mut count = 0;
        for (member, &parent) in self.parents.iter().enumerate() {
            // A parent comes before its members, so it has its number.
            let group = groups.get(parent).filter(|_| parent != member).copied();
            groups.push(group.unwrap_or_else(|| {
                count += 1;
                count - 1
            }));
        }
        groups
    }
}
