package pie.engine.grammar.schema;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Prove that no value satisfies two schemas: by type, by finite lists of values, or by a required property that has such lists. */
final class Disjoint {
    private static final int DEEPEST = 16;

    private final SchemaContext context;

    Disjoint(SchemaContext context) {
        this.context = context;
    }

    /** Return whether it is proven for each pair of the branches, each taken together with {@code rest}. */
    boolean areDisjoint(Place branches, Set<Place> rest, Set<String> chosen) {
        List<Conjunction> all = new ArrayList<>();
        for (int i = 0; i < branches.node().size(); i++) {
            Set<Place> members = new LinkedHashSet<>(rest);
            members.add(branches.element(i));
            all.add(Conjunction.of(context, members, chosen));
        }
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (!areDisjoint(all.get(i), all.get(j), true)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean areDisjoint(Conjunction a, Conjunction b, boolean byProperty) {
        if (a.never() || b.never()) {
            return true;
        }
        int common = kinds(a, 0) & kinds(b, 0);
        if (common == 0) {
            return true;
        }
        Optional<List<JsonNode>> valuesA = values(a);
        Optional<List<JsonNode>> valuesB = values(b);
        if (valuesA.isPresent() && valuesB.isPresent()) {
            return valuesA.get().stream().noneMatch(x -> valuesB.get().stream().anyMatch(y -> ValueCheck.equal(x, y)));
        }
        if (!byProperty || common != Kinds.OBJECT) {
            return false;
        }
        Set<String> required = a.required();
        required.retainAll(b.required());
        return required.stream()
                .anyMatch(key -> areDisjoint(
                        Conjunction.of(context, a.property(key), Set.of()),
                        Conjunction.of(context, b.property(key), Set.of()),
                        false));
    }

    private static Optional<List<JsonNode>> values(Conjunction all) {
        for (Place one : all.all("const")) {
            return Optional.of(List.of(one.node()));
        }
        for (Place list : all.all("enum")) {
            return Optional.of(list.node().valueStream().toList());
        }
        return Optional.empty();
    }

    /** Kinds that values may be of; too many rather than too few. */
    private int kinds(Conjunction all, int depth) {
        int kinds = all.kinds();
        Optional<List<JsonNode>> values = values(all);
        if (values.isPresent()) {
            kinds &= values.get().stream().mapToInt(Kinds::ofValue).reduce(0, (x, y) -> x | y);
        }
        for (Place group : depth < DEEPEST ? all.groups() : List.<Place>of()) {
            int any = 0;
            for (int i = 0; i < group.node().size(); i++) {
                any |= kinds(Conjunction.of(context, Set.of(group.element(i)), Set.of()), depth + 1);
            }
            kinds &= any;
        }
        return kinds;
    }
}
