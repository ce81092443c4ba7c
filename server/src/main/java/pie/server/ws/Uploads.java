package pie.server.ws;

import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pie.server.programs.ProgramStore;

/** Join the chunks of programs that are being uploaded. Used by the connection's reader alone. */
final class Uploads {
    /** Carry a whole upload. */
    record Whole(String manifest, byte[] content, boolean force) {}

    private record Key(long corrId, String hash) {}

    private static final class Upload {
        private final int total;
        private final String manifest;
        private final boolean force;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private int next;

        Upload(int total, String manifest, boolean force) {
            this.total = total;
            this.manifest = manifest;
            this.force = force;
        }
    }

    private final WsLimits limits;
    private final Map<Key, Upload> open = new HashMap<>();
    private final Set<Key> failed = new HashSet<>();

    Uploads(WsLimits limits) {
        this.limits = limits;
    }

    /** Take a chunk; empty until the last is there. @throws Fields.Refused once for an upload that fails; empty for its later chunks */
    Optional<Whole> take(long corrId, Fields message) {
        var key = new Key(corrId, message.text("program_hash"));
        if (failed.contains(key)) {
            return Optional.empty();
        }
        try {
            return add(key, message);
        } catch (Fields.Refused e) {
            open.remove(key);
            failed.add(key);
            throw e;
        }
    }

    private Optional<Whole> add(Key key, Fields message) {
        int index = message.count("chunk_index", Integer.MAX_VALUE);
        int total = message.count("total_chunks", Integer.MAX_VALUE);
        byte[] data = message.bytes("chunk_data");
        Upload upload = open.get(key);
        if (upload == null) {
            if (index != 0) {
                throw new Fields.Refused("First chunk index must be 0");
            }
            if (open.size() >= limits.uploads()) {
                throw new Fields.Refused(limits.uploads() + " uploads are open already");
            }
            upload = new Upload(total, message.text("manifest"), message.flag("force_overwrite", false));
            open.put(key, upload);
        }
        if (total != upload.total) {
            throw new Fields.Refused("Chunk count mismatch: expected " + upload.total + ", got " + total);
        }
        if (index != upload.next) {
            throw new Fields.Refused("Out-of-order chunk: expected " + upload.next + ", got " + index);
        }
        if (upload.content.size() + (long) data.length > limits.upload()) {
            throw new Fields.Refused("upload exceeds max_upload_mb cap of " + (limits.upload() >> 20) + " MiB");
        }
        upload.content.writeBytes(data);
        upload.next++;
        if (upload.next < upload.total) {
            return Optional.empty();
        }
        open.remove(key);
        byte[] content = upload.content.toByteArray();
        String hash = ProgramStore.hash(content);
        if (!hash.equals(key.hash())) {
            throw new Fields.Refused("Hash mismatch: expected " + key.hash() + ", got " + hash);
        }
        return Optional.of(new Whole(upload.manifest, content, upload.force));
    }
}
