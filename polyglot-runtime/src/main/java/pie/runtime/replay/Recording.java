package pie.runtime.replay;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Hold a recording that was read.
 *
 * @param frames host calls in order; of a file that a crash cut off, those that are whole
 * @param end empty if the recording was cut off
 */
public record Recording(RecordingHeader header, List<Frame> frames, Optional<RecordingEnd> end) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final int LONGEST = 1 << 30;

    /** @throws PieException NOT_FOUND, INVALID_ARGUMENT if the file is no recording, or damaged before its end */
    public static Recording read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new PieException(
                    ErrorCode.NOT_FOUND,
                    "there is no recording " + file,
                    Map.of("kind", "file", "file", file.toString()));
        }
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            return read(in, file);
        } catch (IOException | JacksonException | IndexOutOfBoundsException e) {
            throw new PieException(
                    ErrorCode.INVALID_ARGUMENT,
                    file + " cannot be read as a recording: " + e.getMessage(),
                    Map.of(),
                    e);
        }
    }

    private static Recording read(DataInputStream in, Path file) throws IOException {
        if (!Arrays.equals(in.readNBytes(RecordingWriter.MAGIC.length), RecordingWriter.MAGIC)) {
            throw new IOException(
                    "it does not begin as one of this version; pie run --record and pie launch --record make them");
        }
        Optional<RecordingHeader> header = Optional.empty();
        Optional<RecordingEnd> end = Optional.empty();
        var names = new ArrayList<String>();
        var frames = new ArrayList<Frame>();
        for (Optional<DataInputStream> record = next(in); record.isPresent(); record = next(in)) {
            DataInputStream r = record.get();
            int kind = r.readUnsignedByte();
            switch (kind) {
                case 'h' -> header = Optional.of(MAPPER.readValue(Datum.text(r), RecordingHeader.class));
                case 'e' -> end = Optional.of(MAPPER.readValue(Datum.text(r), RecordingEnd.class));
                case 'n' -> names.add(Datum.text(r));
                case 'f' -> {
                    long before = frames.isEmpty() ? 0 : frames.getLast().nanos();
                    String name = names.get((int) Datum.number(r));
                    frames.add(new Frame(name, r.readInt(), Datum.number(r), before + Datum.number(r), Datum.read(r)));
                }
                default -> throw new IOException("it holds a record of kind " + kind);
            }
        }
        return new Recording(header.orElseThrow(() -> new IOException("it has no header")), List.copyOf(frames), end);
    }

    private static Optional<DataInputStream> next(DataInputStream in) throws IOException {
        byte[] bytes;
        int sum;
        try {
            int length = in.readInt();
            int inverted = in.readInt();
            if (length != ~inverted || length < 1 || length > LONGEST) {
                throw new IOException("a record of " + length + " bytes by one count, " + ~inverted + " by the other");
            }
            bytes = in.readNBytes(length);
            sum = in.readInt();
        } catch (EOFException e) {
            return Optional.empty();
        }
        var crc = new CRC32C();
        crc.update(bytes, 0, bytes.length);
        if ((int) crc.getValue() != sum) {
            throw new IOException("a record fails its checksum");
        }
        return Optional.of(new DataInputStream(new ByteArrayInputStream(bytes)));
    }
}
