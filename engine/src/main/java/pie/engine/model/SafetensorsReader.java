package pie.engine.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Read the index of one safetensors file.
 *
 * <pre>u64 header bytes | JSON {name: {dtype, shape, data_offsets: [begin, end)}} | data</pre>
 *
 * <p>Source: the safetensors format description of Hugging Face.
 */
final class SafetensorsReader {
    private static final long MAX_HEADER_BYTES = 100_000_000;

    private static final long MAX_VALUES = 1L << 40;

    private final Path file;
    private final MemorySegment bytes;
    private final Function<String, @Nullable String> names;
    private final UnaryOperator<Tensor> made;
    private final Map<String, Tensor> tensors;

    private SafetensorsReader(
            Path file,
            MemorySegment bytes,
            Function<String, @Nullable String> names,
            UnaryOperator<Tensor> made,
            Map<String, Tensor> tensors) {
        this.file = file;
        this.bytes = bytes;
        this.names = names;
        this.made = made;
        this.tensors = tensors;
    }

    /** Add the file's tensors under their GGUF names and return the offset at which data begins. */
    static long read(Path file, MemorySegment bytes, Family family, Map<String, Tensor> tensors) {
        return new SafetensorsReader(
                        file,
                        bytes,
                        name -> HfTensorNames.toGguf(name, family.checkpointNames()),
                        family::fromCheckpoint,
                        tensors)
                .read();
    }

    /** Add the file's tensors under their own names. */
    static void read(Path file, MemorySegment bytes, Map<String, Tensor> tensors) {
        new SafetensorsReader(file, bytes, name -> name, tensor -> tensor, tensors).read();
    }

    private long read() {
        ByteCursor cursor = new ByteCursor(file, bytes, 0);
        long headerBytes = cursor.count(1, "header length");
        if (headerBytes > MAX_HEADER_BYTES) {
            throw cursor.broken("the header has " + headerBytes + " bytes, the limit is " + MAX_HEADER_BYTES, "header");
        }
        byte[] header = bytes.asSlice(cursor.position(), headerBytes).toArray(ValueLayout.JAVA_BYTE);
        long dataOffset = cursor.position() + headerBytes;
        MemorySegment data = bytes.asSlice(dataOffset);
        JsonFile.parse(file, header).root().properties().forEach(entry -> {
            if (!entry.getKey().equals("__metadata__")) {
                add(entry.getKey(), entry.getValue(), data);
            }
        });
        return dataOffset;
    }

    private void add(String name, JsonNode info, MemorySegment data) {
        @Nullable String translated = names.apply(name);
        if (translated == null) {
            return;
        }
        TensorType type = switch (info.path("dtype").asString("")) {
            case "F32" -> TensorType.F32;
            case "F16" -> TensorType.F16;
            case "BF16" -> TensorType.BF16;
            case String other ->
                throw ModelErrors.unsupportedTensor(
                        file, name, "has dtype \"" + other + "\"; pie reads F32, F16 and BF16");
        };
        JsonNode shape = info.path("shape");
        if (!shape.isArray() || shape.size() < 1 || shape.size() > 2) {
            throw ModelErrors.tensor(file, name, "has a shape of " + shape.size() + " dimensions, 1 or 2 are expected");
        }
        int columns = extent(name, shape.get(shape.size() - 1));
        int rows = shape.size() == 1 ? 1 : extent(name, shape.get(0));
        if ((long) rows * columns > MAX_VALUES) {
            throw ModelErrors.tensor(file, name, "has an absurd shape");
        }
        long begin = offset(name, info, 0);
        long end = offset(name, info, 1);
        if (begin > end || end > data.byteSize()) {
            throw ModelErrors.tensor(
                    file, name, "ends past the end of the file: the download is incomplete or the file damaged");
        }
        if (end - begin != type.bytes((long) rows * columns)) {
            throw ModelErrors.tensor(file, name, "has " + (end - begin) + " bytes, its shape asks for another size");
        }
        Tensor tensor = new Tensor(translated, type, rows, columns, data.asSlice(begin, end - begin));
        if (tensors.put(translated, made.apply(tensor)) != null) {
            throw ModelErrors.tensor(file, name, "appears twice");
        }
    }

    private int extent(String name, JsonNode extent) {
        if (!extent.isIntegralNumber() || !extent.canConvertToInt() || extent.asInt() < 1) {
            throw ModelErrors.tensor(file, name, "has an absurd shape");
        }
        return extent.asInt();
    }

    private long offset(String name, JsonNode info, int index) {
        JsonNode offset = info.path("data_offsets").path(index);
        if (!offset.isIntegralNumber() || !offset.canConvertToLong() || offset.asLong() < 0) {
            throw ModelErrors.tensor(file, name, "has no sound data_offsets");
        }
        return offset.asLong();
    }
}
