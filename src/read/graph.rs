//! What leads to what, and whether anything leads back to where it began. Every format refuses a template in which it does.

/// Nodes by their positions, with what stands where one of them leads to another.
pub(super) struct Graph<E> {
    /// The edges of one node after the other.
    edges: Vec<(usize, E)>,
    /// Where those of each node begin.
    starts: Vec<usize>,
}

impl<E> Default for Graph<E> {
    fn default() -> Self {
        Self {
            edges: Vec::new(),
            starts: Vec::new(),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    OnPath,
    Done,
}

impl<E> Graph<E> {
    /// Goes on with the next node.
    pub(super) fn next_node(&mut self) {
        self.starts.push(self.edges.len());
    }

    /// Adds that this node leads to another one.
    pub(super) fn lead(&mut self, to: usize, edge: E) {
        self.edges.push((to, edge));
    }

    /// Where a node leads to.
    fn from(&self, node: usize) -> &[(usize, E)] {
        let start = |node: usize| self.starts.get(node).copied();
        let end = start(node + 1).unwrap_or(self.edges.len());
        let edges = start(node).and_then(|start| self.edges.get(start..end));
        edges.unwrap_or_default()
    }

    /// The nodes of a circle, if there is one, each with the edge that leads on from it. Without recursion: a chain may be as
    /// long as the template.
    pub(super) fn circle(&self) -> Option<Vec<(usize, &E)>> {
        let mut states = vec![State::New; self.starts.len()];
        let mut path = Vec::new();
        for start in 0..self.starts.len() {
            if states.get(start) != Some(&State::New) {
                continue;
            }
            path.push((start, 0));
            while let Some((node, next)) = path.last_mut() {
                let node = *node;
                let edge = self.from(node).get(*next);
                *next += 1;
                if let Some(state) = states.get_mut(node) {
                    *state = if edge.is_some() {
                        State::OnPath
                    } else {
                        State::Done
                    };
                }
                let Some((to, _)) = edge else {
                    path.pop();
                    continue;
                };
                match states.get(*to) {
                    Some(State::OnPath) => return Some(self.steps(&path, *to)),
                    Some(State::New) => path.push((*to, 0)),
                    _ => {}
                }
            }
        }
        None
    }

    /// The steps of `path` from `start` on, each by the edge that was followed last.
    fn steps(&self, path: &[(usize, usize)], start: usize) -> Vec<(usize, &E)> {
        let steps = path.iter().skip_while(|(node, _)| *node != start);
        steps
            .filter_map(|(node, next)| {
                let (_, edge) = self.from(*node).get(next.checked_sub(1)?)?;
                Some((*node, edge))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[&[usize]]) -> Graph<usize> {
        let mut graph = Graph::default();
        for to in edges {
            graph.next_node();
            to.iter().for_each(|to| graph.lead(*to, *to));
        }
        graph
    }

    #[test]
    fn what_leads_back_to_where_it_began_is_a_circle() {
        let graph = graph(&[&[1, 3], &[2, 2], &[], &[4], &[2, 5], &[3]]);
        let circle = graph.circle();
        assert_eq!(circle, Some(vec![(3, &4), (4, &5), (5, &3)]));
    }

    #[test]
    fn what_is_reached_twice_is_no_circle() {
        assert_eq!(graph(&[&[1, 2], &[2], &[], &[0]]).circle(), None);
        assert_eq!(graph(&[]).circle(), None);
        assert!(graph(&[&[0]]).circle().is_some());
    }
}
