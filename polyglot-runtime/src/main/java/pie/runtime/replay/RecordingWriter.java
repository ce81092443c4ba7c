package pie.runtime.replay;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.inferlet.Json;

/**
 * Write a recording: magic, then records of length, the length inverted, bytes and CRC-32C, so that what a crash cuts off is told from
 * what is whole, and both from what was damaged.
 *
 * <p>Records begin with a kind: {@code h} header and {@code e} end as JSON, {@code n} a new name of a call, {@code f} a frame. A
 * recording that cannot be written, or grows too large, ends there and says so; the program goes on.
 */
public final class RecordingWriter implements AutoCloseable {
    static final byte[] MAGIC = "pie.rec\2".getBytes(StandardCharsets.ISO_8859_1);
    private static final Logger LOG = LoggerFactory.getLogger(RecordingWriter.class);

    private final Path file;
    private final long maxBytes;
    private final DataOutputStream out;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream record = new DataOutputStream(bytes);
    private final Map<String, Integer> names = new HashMap<>();
    private long written;
    private long lastNanos;
    private boolean over;

    /** @throws IOException if the file cannot be made; one that is there is replaced */
    public RecordingWriter(Path file, RecordingHeader header, long maxBytes) throws IOException {
        this.file = file;
        this.maxBytes = maxBytes;
        out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
        out.write(MAGIC);
        record.writeByte('h');
        Datum.text(Json.text(header), record);
        append();
    }

    /** Add a frame; called by the thread of the process alone. */
    public synchronized void frame(Frame frame) {
        if (over) {
            return;
        }
        try {
            int name = names.getOrDefault(frame.call(), -1);
            if (name < 0) {
                name = names.size();
                names.put(frame.call(), name);
                record.writeByte('n');
                Datum.text(frame.call(), record);
                append();
            }
            record.writeByte('f');
            Datum.number(name, record);
            record.writeInt(frame.digest());
            Datum.number(frame.event(), record);
            Datum.number(frame.nanos() - lastNanos, record);
            lastNanos = frame.nanos();
            Datum.write(frame.answer(), record);
            append();
            if (written > maxBytes) {
                LOG.warn("recording {} has reached {} bytes and ends here", file, maxBytes);
                end(new RecordingEnd(
                        "cut", null, null, "the recording reached its limit of " + maxBytes + " bytes", Map.of()));
            }
        } catch (IOException e) {
            give(e);
        }
    }

    /** Say how the run ended, and close the file; only the first call counts. */
    public synchronized void end(RecordingEnd end) {
        if (over) {
            return;
        }
        over = true;
        try (out) {
            record.writeByte('e');
            Datum.text(Json.text(end), record);
            append();
        } catch (IOException e) {
            give(e);
        }
    }

    private void give(IOException e) {
        over = true;
        LOG.warn("recording {} ends here, as it cannot be written: {}", file, e.toString());
        close();
    }

    private void append() throws IOException {
        var crc = new CRC32C();
        byte[] whole = bytes.toByteArray();
        bytes.reset();
        crc.update(whole, 0, whole.length);
        out.writeInt(whole.length);
        out.writeInt(~whole.length);
        out.write(whole);
        out.writeInt((int) crc.getValue());
        written += whole.length + 12L;
    }

    /** Let what is written so far be read. */
    public synchronized void flush() {
        try {
            if (!over) {
                out.flush();
            }
        } catch (IOException e) {
            give(e);
        }
    }

    @Override
    public synchronized void close() {
        over = true;
        try {
            out.close();
        } catch (IOException e) {
            LOG.warn("recording {} cannot be closed: {}", file, e.toString());
        }
    }
}
