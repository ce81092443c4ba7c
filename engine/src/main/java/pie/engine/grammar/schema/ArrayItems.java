package pie.engine.grammar.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tell which schema each element of an array has, by one schema for arrays. Before draft 2020-12 a list under {@code items} was what
 * {@code prefixItems} is now, and {@code additionalItems} what {@code items} is.
 *
 * @param prefix for the first elements
 * @param rest for those after them, empty if anything goes
 */
record ArrayItems(List<Place> prefix, Optional<Place> rest) {
    static ArrayItems of(Place schema) {
        boolean oldList = schema.has("items") && schema.node().get("items").isArray();
        String list = oldList ? "items" : "prefixItems";
        List<Place> prefix = new ArrayList<>();
        if (schema.has(list)) {
            Place all = schema.member(list);
            for (int i = 0; i < all.node().size(); i++) {
                prefix.add(all.element(i));
            }
        }
        // Beside an items that is one schema, or none, additionalItems says nothing.
        String rest = oldList ? "additionalItems" : "items";
        return new ArrayItems(prefix, schema.has(rest) ? Optional.of(schema.member(rest)) : Optional.empty());
    }

    Optional<Place> at(int index) {
        return index < prefix.size() ? Optional.of(prefix.get(index)) : rest;
    }
}
