package pie.server.openai;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Hold what all chunks of one answer begin with. */
record Head(String id, long created, String model, String fingerprint) {
    ObjectNode object(String kind) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id);
        json.put("object", kind);
        json.put("created", created);
        json.put("model", model);
        json.put("system_fingerprint", fingerprint);
        return json;
    }
}
