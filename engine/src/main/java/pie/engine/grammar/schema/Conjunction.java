package pie.engine.grammar.schema;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Bring together all schemas that one value must satisfy: those given and what their references and one-element {@code allOf} lead to.
 *
 * @param schemas the object schemas among them
 * @param groups places of {@code anyOf} and {@code oneOf} of which a branch is still to be chosen
 * @param never whether {@code false} is among them
 */
record Conjunction(List<Place> schemas, List<Place> groups, boolean never) {
    static Conjunction of(SchemaContext context, Collection<Place> members, Set<String> chosen) {
        Collector collector = new Collector(context, chosen);
        members.forEach(collector::visit);
        return new Conjunction(collector.schemas, collector.groups, collector.never);
    }

    private static final class Collector {
        private final SchemaContext context;
        private final Set<String> chosen;
        private final Set<Place> open = new LinkedHashSet<>();
        private final Set<Place> seen = new LinkedHashSet<>();
        private final List<Place> schemas = new ArrayList<>();
        private final List<Place> groups = new ArrayList<>();
        private boolean never;

        Collector(SchemaContext context, Set<String> chosen) {
            this.context = context;
            this.chosen = chosen;
        }

        void visit(Place schema) {
            if (open.contains(schema)) {
                throw SchemaErrors.invalid(schema.pointer(), "refers to itself without end");
            }
            if (!seen.add(schema)) {
                return;
            }
            context.check(schema);
            if (schema.node().isBoolean()) {
                never |= !schema.node().asBoolean();
                return;
            }
            open.add(schema);
            if (schema.has("$ref")) {
                visit(context.document().resolve(schema));
            }
            context.onlyOfAll(schema).ifPresent(this::visit);
            open.remove(schema);
            schemas.add(schema);
            for (String keyword : new String[] {"anyOf", "oneOf"}) {
                if (schema.has(keyword)
                        && !chosen.contains(schema.member(keyword).pointer())) {
                    groups.add(schema.member(keyword));
                }
            }
        }
    }

    boolean hasAny(String keyword) {
        return schemas.stream().anyMatch(schema -> schema.has(keyword));
    }

    /** Return the values of a keyword, one for each schema that has it. */
    List<Place> all(String keyword) {
        return schemas.stream()
                .filter(schema -> schema.has(keyword))
                .map(schema -> schema.member(keyword))
                .toList();
    }

    /** Return the kinds that every {@code type} allows. */
    int kinds() {
        int kinds = Kinds.ALL;
        for (Place type : all("type")) {
            kinds &= Kinds.of(type);
        }
        return kinds;
    }

    /** Return the keys that must be there, in order. */
    Set<String> required() {
        Set<String> keys = new LinkedHashSet<>();
        for (Place list : all("required")) {
            for (int i = 0; i < list.node().size(); i++) {
                if (!list.node().get(i).isString()) {
                    throw SchemaErrors.invalid(list.element(i).pointer(), "must be a key");
                }
                keys.add(list.node().get(i).asString());
            }
        }
        return keys;
    }

    /** Return the schemas that the value of a key must satisfy. */
    Set<Place> property(String key) {
        Set<Place> all = new LinkedHashSet<>();
        for (Place schema : schemas) {
            if (schema.has("properties") && schema.member("properties").has(key)) {
                all.add(schema.member("properties").member(key));
            } else if (schema.has("additionalProperties")) {
                all.add(schema.member("additionalProperties"));
            }
        }
        return all;
    }

    /** Return the schemas to go on with once a branch of {@code group} takes the group's place. */
    Set<Place> rest(Place group) {
        Set<Place> rest = new LinkedHashSet<>();
        for (Place schema : schemas) {
            boolean says = schema.node().propertyNames().stream()
                    .anyMatch(keyword -> !Keywords.isTransparent(keyword) && !Keywords.isAnnotation(keyword));
            boolean open = groups.stream()
                    .anyMatch(other -> !other.equals(group)
                            && (other.equals(orNone(schema, "anyOf")) || other.equals(orNone(schema, "oneOf"))));
            if (says || open) {
                rest.add(schema);
            }
        }
        return rest;
    }

    private static Place orNone(Place schema, String keyword) {
        return schema.has(keyword) ? schema.member(keyword) : schema;
    }

    /** Return those of the pointers that stand in one of the schemas, so that equal conjunctions have equal keys. */
    static Set<String> within(Set<String> pointers, Set<Place> schemas) {
        Set<String> kept = new TreeSet<>();
        for (String pointer : pointers) {
            String parent = pointer.substring(0, pointer.lastIndexOf('/'));
            if (schemas.stream().anyMatch(schema -> schema.pointer().equals(parent))) {
                kept.add(pointer);
            }
        }
        return kept;
    }
}
