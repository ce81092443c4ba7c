package pie.server.ws;

import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import pie.runtime.files.SessionFiles;
import pie.server.programs.ProgramStore;

/** Join the chunks of files on their way to processes. Used by the connection's reader alone. */
final class Transfers {
    /** Carry a whole file. */
    record Whole(String name, byte[] content) {}

    private record Key(String process, String hash) {}

    private final Map<Key, ByteArrayOutputStream> open = new HashMap<>();

    private final WsLimits limits;

    Transfers(WsLimits limits) {
        this.limits = limits;
    }

    /** Take a chunk; empty until the last is there. @throws Fields.Refused for one that is wrong, which ends the transfer */
    Optional<Whole> take(Fields message) {
        var key = new Key(message.text("process_id"), message.text("file_hash"));
        int index = message.count("chunk_index", Integer.MAX_VALUE);
        int total = message.count("total_chunks", Integer.MAX_VALUE);
        byte[] data = message.bytes("chunk_data");
        ByteArrayOutputStream content = index == 0 ? new ByteArrayOutputStream() : open.remove(key);
        if (content == null || content.size() != (long) index * Chunks.SIZE) {
            throw new Fields.Refused("a chunk of file " + key.hash() + " is out of order");
        }
        if (content.size() + (long) data.length > SessionFiles.MOST_BYTES) {
            throw new Fields.Refused("file " + key.hash() + " is larger than " + SessionFiles.MOST_BYTES + " bytes");
        }
        content.writeBytes(data);
        if (index + 1 < total) {
            if (open.size() >= limits.uploads()) {
                throw new Fields.Refused(limits.uploads() + " files are on their way already");
            }
            open.put(key, content);
            return Optional.empty();
        }
        byte[] whole = content.toByteArray();
        String hash = ProgramStore.hash(whole);
        if (!hash.equals(key.hash())) {
            throw new Fields.Refused("Hash mismatch: expected " + key.hash() + ", got " + hash);
        }
        return Optional.of(new Whole(message.optionalText("name").orElse(""), whole));
    }
}
