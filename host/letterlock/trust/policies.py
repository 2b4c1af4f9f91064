"""Certificate policies along a path (RFC 5280 §6.1), with the policy graph of RFC 9618 instead of the tree.

The tree of RFC 5280 doubles with every certificate that maps two policies to two others (CVE-2023-0464 and its
kin); the graph has at most one node for a policy at each depth, and the same result. Qualifiers are not processed:
they are text for people. The letters and numbers are those of RFC 9618 §5.
"""

from __future__ import annotations

from dataclasses import dataclass

from letterlock.trust.certificate import Certificate
from letterlock.trust.extensions import ANY_POLICY


@dataclass(frozen=True)
class InitialPolicies:
    """The policy inputs of §6.1.1 (c, e, f, g). The defaults ask for nothing."""

    acceptable: frozenset[str] = frozenset({ANY_POLICY})
    explicit_policy: bool = False
    inhibit_mapping: bool = False
    inhibit_any_policy: bool = False


NOTHING_ASKED = InitialPolicies()
"""Any policy will do, and none need be there."""


class _Node:
    def __init__(self, policy: str, expected: set[str], parents: list[_Node]) -> None:
        self.policy = policy
        self.expected = expected
        self.parents = parents
        self.children = 0


_Level = dict[str, _Node]


class PolicyState:
    """The state variables of §6.1.2 that concern policies, carried from the anchor's side to the leaf."""

    def __init__(self, initial: InitialPolicies, length: int) -> None:
        """`length` is the number of certificates, the anchor not counted (n)."""
        self._initial = initial
        # (a) valid_policy_graph, as levels by depth; an empty list is the NULL graph.
        self._levels: list[_Level] = [{ANY_POLICY: _Node(ANY_POLICY, {ANY_POLICY}, [])}]
        # (d) (e) (f)
        self._explicit_policy = 0 if initial.explicit_policy else length + 1
        self._inhibit_any_policy = 0 if initial.inhibit_any_policy else length + 1
        self._policy_mapping = 0 if initial.inhibit_mapping else length + 1

    def process(self, certificate: Certificate, *, last: bool) -> bool:
        """§6.1.3 (d), (e) and (f) for one certificate; false where a required policy is missing."""
        policies = certificate.extensions.policies
        if policies is None:
            self._levels = []  # (e)
        elif self._levels:
            any_allowed = self._inhibit_any_policy > 0 or (not last and certificate.self_issued)
            self._grow(policies, any_allowed=any_allowed)  # (d)
        return self._explicit_policy > 0 or bool(self._levels)  # (f)

    def prepare(self, certificate: Certificate) -> bool:
        """§6.1.4 (a), (b), (h), (i) and (j) for the next certificate; false where anyPolicy is mapped (a)."""
        extensions = certificate.extensions
        if any(ANY_POLICY in pair for pair in extensions.policy_mappings):
            return False
        if extensions.policy_mappings and self._levels:
            self._map(extensions.policy_mappings)
        if not certificate.self_issued:  # (h)
            self._explicit_policy = max(0, self._explicit_policy - 1)
            self._policy_mapping = max(0, self._policy_mapping - 1)
            self._inhibit_any_policy = max(0, self._inhibit_any_policy - 1)
        constraints = extensions.policy_constraints
        if constraints and constraints.require_explicit is not None:  # (i)
            self._explicit_policy = min(self._explicit_policy, constraints.require_explicit)
        if constraints and constraints.inhibit_mapping is not None:
            self._policy_mapping = min(self._policy_mapping, constraints.inhibit_mapping)
        if extensions.inhibit_any_policy is not None:  # (j)
            self._inhibit_any_policy = min(self._inhibit_any_policy, extensions.inhibit_any_policy)
        return True

    def conclude(self, certificate: Certificate) -> bool:
        """§6.1.5 (a), (b) and (g) after the last certificate; false where no acceptable policy is left."""
        self._explicit_policy = max(0, self._explicit_policy - 1)
        constraints = certificate.extensions.policy_constraints
        if constraints and constraints.require_explicit == 0:
            self._explicit_policy = 0
        return self._explicit_policy > 0 or self._acceptable_left()

    def _grow(self, policies: tuple[str, ...], *, any_allowed: bool) -> None:
        above = self._levels[-1]
        expecting: dict[str, list[_Node]] = {}
        for node in above.values():
            for policy in node.expected:
                expecting.setdefault(policy, []).append(node)
        any_above = above.get(ANY_POLICY)
        level: _Level = {}
        for policy in policies:
            if policy == ANY_POLICY:
                continue
            # (d)(1)(i) nodes that expect the policy; (ii) else the node that expects any.
            parents = expecting.get(policy) or ([any_above] if any_above else [])
            if parents:
                level[policy] = _Node(policy, {policy}, parents)
        if ANY_POLICY in policies and any_allowed:  # (d)(2)
            for policy, parents in expecting.items():
                if policy not in level:
                    level[policy] = _Node(policy, {policy}, parents)
        for node in level.values():
            for parent in node.parents:
                parent.children += 1
        self._levels.append(level)
        self._prune()  # (d)(3)

    def _map(self, mappings: tuple[tuple[str, str], ...]) -> None:
        by_issuer: dict[str, set[str]] = {}
        for issuer_policy, subject_policy in mappings:
            by_issuer.setdefault(issuer_policy, set()).add(subject_policy)
        level = self._levels[-1]
        any_node = level.get(ANY_POLICY)
        for policy, subject_policies in by_issuer.items():
            node = level.get(policy)
            if self._policy_mapping > 0:  # (b)(1)
                if node:
                    node.expected = set(subject_policies)
                elif any_node:
                    # "Generate a child node of the node of depth i-1 that has a valid_policy of anyPolicy."
                    level[policy] = _Node(policy, set(subject_policies), list(any_node.parents))
                    for parent in any_node.parents:
                        parent.children += 1
            elif node:  # (b)(2)
                self._drop(level, node)
        self._prune()

    def _prune(self) -> None:
        # Delete the nodes without children, from the depth above the newest upwards. An empty newest level
        # therefore takes the whole graph with it.
        for level in reversed(self._levels[:-1]):
            for node in [node for node in level.values() if not node.children]:
                self._drop(level, node)
        if not self._levels[-1]:
            self._levels = []

    @staticmethod
    def _drop(level: _Level, node: _Node) -> None:
        del level[node.policy]
        for parent in node.parents:
            parent.children -= 1

    def _acceptable_left(self) -> bool:
        # (g): NULL stays NULL; with anyPolicy among the acceptable the whole graph stays; else a policy of the
        # user's must come directly from anyPolicy above (valid_policy_node_set), or the last certificate must
        # have anyPolicy, which then stands for each of the user's policies.
        if not self._levels:
            return False
        acceptable = self._initial.acceptable
        if ANY_POLICY in acceptable:
            return True
        if ANY_POLICY in self._levels[-1] and acceptable:
            return True
        return any(
            node.policy in acceptable and any(parent.policy == ANY_POLICY for parent in node.parents)
            for level in self._levels[1:]
            for node in level.values()
        )
