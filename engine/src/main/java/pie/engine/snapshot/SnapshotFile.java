package pie.engine.snapshot;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pie.engine.adapter.AdapterId;
import pie.engine.kv.Lineage;
import pie.engine.kv.MaskSpan;
import pie.engine.kv.PageKey;
import pie.engine.kv.Visibility;
import pie.engine.process.OwnerId;

/** Hold one {@code .snap} file: magic with version, key, dates, fingerprints, lineage, page keys, CRC-32C. Big-endian. */
record SnapshotFile(SnapshotKey key, Instant created, Optional<Instant> expires, SavedContext saved) {
    private static final long MAGIC = 0x7069_652e_736e_0001L; // "pie.sn", 1
    /** Version 2: which adapters rows were computed with comes last. */
    private static final long ADAPTED = MAGIC + 1;

    ByteBuffer[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            write(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        ByteBuffer content = ByteBuffer.wrap(bytes.toByteArray());
        return new ByteBuffer[] {content, Checksum.of(content)};
    }

    private void write(DataOutputStream out) throws IOException {
        out.writeLong(saved.adapters().isEmpty() ? MAGIC : ADAPTED);
        text(out, key.owner().value());
        text(out, key.model());
        text(out, key.name());
        out.writeLong(created.toEpochMilli());
        out.writeLong(expires.map(Instant::toEpochMilli).orElse(Long.MAX_VALUE));
        text(out, saved.weights());
        text(out, saved.model());
        out.writeInt(saved.pageSize());
        Lineage lineage = saved.lineage();
        ints(out, lineage.tokens());
        out.writeBoolean(lineage.positions() != null);
        if (lineage.positions() != null) {
            ints(out, lineage.positions());
        }
        out.writeInt(lineage.written());
        out.writeInt(lineage.committed());
        out.writeInt(lineage.masks().size());
        for (MaskSpan span : lineage.masks()) {
            mask(out, span);
        }
        out.writeInt(lineage.visibility().size());
        for (Visibility seen : lineage.visibility()) {
            out.writeInt(seen.from());
            ints(out, seen.hidden());
            out.writeInt(seen.window());
            out.writeInt(seen.sink());
        }
        out.writeInt(saved.pages().size());
        for (SavedContext.Page page : saved.pages()) {
            out.writeInt(page.rows());
            out.writeBoolean(page.key().isPresent());
            if (page.key().isPresent()) {
                out.writeLong(page.key().get().high());
                out.writeLong(page.key().get().low());
            }
        }
        if (!saved.adapters().isEmpty()) {
            out.writeInt(saved.adapters().size());
            for (SavedContext.Span span : saved.adapters()) {
                out.writeInt(span.from());
                out.writeBoolean(span.adapter().isPresent());
                if (span.adapter().isPresent()) {
                    text(out, span.adapter().get().name());
                    out.writeLong(span.adapter().get().high());
                    out.writeLong(span.adapter().get().low());
                }
            }
        }
    }

    private static void mask(DataOutputStream out, MaskSpan span) throws IOException {
        out.writeInt(span.from());
        out.writeInt(span.count());
        out.writeBoolean(span.causal());
        long[][] rows = span.rows();
        out.writeBoolean(rows != null);
        if (rows != null) {
            for (long[] row : rows) {
                out.writeInt(row.length);
                for (long word : row) {
                    out.writeLong(word);
                }
            }
        }
    }

    /** @throws DamagedFileException unless the file is whole */
    static SnapshotFile decode(byte[] file) throws DamagedFileException {
        boolean adapted = file.length > Long.BYTES && ByteBuffer.wrap(file).getLong() == ADAPTED;
        ByteBuffer in = Checksum.checked(file, adapted ? ADAPTED : MAGIC);
        SnapshotKey key = new SnapshotKey(new OwnerId(text(in)), text(in), text(in));
        Instant created = Instant.ofEpochMilli(in.getLong());
        long expires = in.getLong();
        String weights = text(in);
        String model = text(in);
        int pageSize = in.getInt();
        int[] tokens = ints(in);
        int[] positions = flag(in) ? ints(in) : null;
        int written = in.getInt();
        int committed = in.getInt();
        List<MaskSpan> masks = new ArrayList<>();
        for (int n = in.getInt(); n > 0; n--) {
            masks.add(mask(in));
        }
        List<Visibility> visibility = new ArrayList<>();
        for (int n = in.getInt(); n > 0; n--) {
            visibility.add(new Visibility(in.getInt(), ints(in), in.getInt(), in.getInt()));
        }
        List<SavedContext.Page> pages = new ArrayList<>();
        for (int n = in.getInt(); n > 0; n--) {
            int rows = in.getInt();
            pages.add(new SavedContext.Page(
                    flag(in) ? Optional.of(new PageKey(in.getLong(), in.getLong())) : Optional.empty(), rows));
        }
        List<SavedContext.Span> adapters = new ArrayList<>();
        for (int n = adapted ? in.getInt() : 0; n > 0; n--) {
            int from = in.getInt();
            adapters.add(new SavedContext.Span(
                    from,
                    flag(in) ? Optional.of(new AdapterId(text(in), in.getLong(), in.getLong())) : Optional.empty()));
        }
        Lineage lineage = new Lineage(tokens, positions, written, committed, masks, visibility);
        return new SnapshotFile(
                key,
                created,
                expires == Long.MAX_VALUE ? Optional.empty() : Optional.of(Instant.ofEpochMilli(expires)),
                new SavedContext(weights, model, pageSize, lineage, pages, adapters));
    }

    private static MaskSpan mask(ByteBuffer in) {
        int from = in.getInt();
        int count = in.getInt();
        boolean causal = flag(in);
        long @Nullable [][] rows = null;
        if (flag(in)) {
            rows = new long[count][];
            for (int i = 0; i < count; i++) {
                rows[i] = new long[in.getInt()];
                for (int j = 0; j < rows[i].length; j++) {
                    rows[i][j] = in.getLong();
                }
            }
        }
        return new MaskSpan(from, count, causal, rows);
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[in.getInt()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void ints(DataOutputStream out, int[] values) throws IOException {
        out.writeInt(values.length);
        for (int value : values) {
            out.writeInt(value);
        }
    }

    private static int[] ints(ByteBuffer in) {
        int[] values = new int[in.getInt()];
        in.asIntBuffer().get(values);
        in.position(in.position() + 4 * values.length);
        return values;
    }

    private static boolean flag(ByteBuffer in) {
        return in.get() != 0;
    }

    /** Return the file as it is listed; {@code pageBytes} of all its pages. */
    SnapshotInfo info(long bytes) {
        return new SnapshotInfo(
                key, saved.lineage().tokens().length, saved.pages().size(), bytes, created, expires);
    }
}
