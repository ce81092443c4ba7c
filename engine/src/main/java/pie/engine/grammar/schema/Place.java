package pie.engine.grammar.schema;

import tools.jackson.databind.JsonNode;

/**
 * Name a schema, or a value, in its document.
 *
 * @param pointer JSON pointer from the document's root
 */
record Place(String pointer, JsonNode node) {
    Place member(String key) {
        return new Place(pointer + "/" + key.replace("~", "~0").replace("/", "~1"), node.get(key));
    }

    Place element(int index) {
        return new Place(pointer + "/" + index, node.get(index));
    }

    boolean has(String key) {
        return node.isObject() && node.has(key);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Place that && pointer.equals(that.pointer);
    }

    @Override
    public int hashCode() {
        return pointer.hashCode();
    }
}
