package pie.server.ws;

import java.util.LinkedHashMap;
import java.util.Map;

/** Write server messages into the outbox, as MessagePack or, where the client asked for it, as JSON. */
record Channel(Outbox outbox, boolean json) {
    void response(long corrId, boolean ok, String result) {
        Map<String, Object> message = message("response");
        message.put("corr_id", corrId);
        message.put("ok", ok);
        message.put("result", result);
        send(message);
    }

    void event(String processId, String event, String value) {
        Map<String, Object> message = message("process_event");
        message.put("process_id", processId);
        message.put("event", event);
        message.put("value", value);
        send(message);
    }

    void file(String processId, String hash, int index, int total, byte[] data, String name) {
        Map<String, Object> message = message("file");
        message.put("process_id", processId);
        message.put("file_hash", hash);
        message.put("chunk_index", index);
        message.put("total_chunks", total);
        message.put("chunk_data", data);
        if (!name.isEmpty()) {
            message.put("name", name);
        }
        send(message);
    }

    void mcpRequest(long corrId, String processId, String server, String method, String params) {
        Map<String, Object> message = message("mcp_request");
        message.put("corr_id", corrId);
        message.put("process_id", processId);
        message.put("server_name", server);
        message.put("method", method);
        message.put("params", params);
        send(message);
    }

    /** Send a text frame that says only its type and perhaps why. */
    void note(String type, String message) {
        Map<String, Object> note = message(type);
        if (!message.isEmpty()) {
            note.put("message", message);
        }
        outbox.text(Wire.json(note));
    }

    private static Map<String, Object> message(String type) {
        var map = new LinkedHashMap<String, Object>();
        map.put("type", type);
        return map;
    }

    private void send(Map<String, Object> message) {
        if (json) {
            outbox.text(Wire.json(message));
        } else {
            outbox.binary(Wire.encode(message));
        }
    }
}
