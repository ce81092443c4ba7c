package pie.engine.model;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Read the header of a GGUF file, versions 2 and 3, little-endian.
 *
 * <pre>
 * magic "GGUF" | u32 version | u64 tensors | u64 pairs | pairs: key, u32 type, value |
 * infos: name, u32 dimensions, u64 extents (contiguous first), u32 type, u64 offset | padding | data
 * </pre>
 *
 * <p>Source: the GGUF specification of the ggml project.
 */
final class GgufReader {
    static final int MAGIC = 0x46554747;

    private static final int MAX_KEY_BYTES = 65_535;
    private static final int MAX_TEXT_BYTES = 1 << 24;
    private static final int MAX_TENSOR_NAME_BYTES = 256;
    private static final int MAX_DIMENSIONS = 4;
    private static final long MAX_VALUES = 1L << 40;
    private static final int MAX_ARRAY_DEPTH = 4;
    private static final int MINIMUM_PAIR_BYTES = 13;
    private static final int MINIMUM_INFO_BYTES = 24;

    private static final int ARRAY = 9;
    private static final int TEXT = 8;

    private final Path file;
    private final MemorySegment bytes;
    private final ByteCursor cursor;

    private GgufReader(Path file, MemorySegment bytes) {
        this.file = file;
        this.bytes = bytes;
        this.cursor = new ByteCursor(file, bytes, 0);
    }

    /** Hold what a header says. {@code dataOffset} is where tensor data begins. */
    record Header(GgufMetadata metadata, Map<String, Tensor> tensors, long dataOffset) {}

    private record TensorInfo(String name, TensorType type, int rows, int columns, long offset) {}

    /**
     * @throws PieException INVALID_ARGUMENT for a broken header, UNSUPPORTED for a version, byte order or tensor type that
     *     pie does not read; details name the file and the key or tensor
     */
    static Header read(Path file, MemorySegment bytes) {
        return new GgufReader(file, bytes).header();
    }

    private Header header() {
        if (cursor.i32("magic") != MAGIC) {
            throw cursor.broken("not a GGUF file: it does not begin with \"GGUF\"", "magic");
        }
        int version = cursor.i32("version");
        if (version != 2 && version != 3) {
            String reason = Integer.reverseBytes(version) < 16 && version != 1 && version != 0
                    ? "big-endian GGUF is not supported"
                    : "GGUF version " + Integer.toUnsignedString(version) + " is not supported, only 2 and 3";
            throw unsupported(reason, "version", version);
        }
        long tensorCount = cursor.count(MINIMUM_INFO_BYTES, "tensor count");
        long pairCount = cursor.count(MINIMUM_PAIR_BYTES, "metadata count");
        Map<String, GgufValue> pairs = new LinkedHashMap<>();
        for (long i = 0; i < pairCount; i++) {
            String key = cursor.string(MAX_KEY_BYTES, "metadata key " + i);
            if (pairs.put(key, value(cursor.i32(key), key)) != null) {
                throw cursor.broken("metadata key " + key + " appears twice", key);
            }
        }
        GgufMetadata metadata = new GgufMetadata(file, bytes, pairs);
        Map<String, TensorInfo> infos = new LinkedHashMap<>();
        for (long i = 0; i < tensorCount; i++) {
            TensorInfo info = tensorInfo(i);
            if (infos.put(info.name, info) != null) {
                throw cursor.broken("tensor " + info.name + " appears twice", info.name);
            }
        }
        return withData(metadata, infos);
    }

    private GgufValue value(int type, String key) {
        return switch (type) {
            case 0 -> new GgufValue.Whole(cursor.u8(key));
            case 1 -> new GgufValue.Whole((byte) cursor.u8(key));
            case 2 -> new GgufValue.Whole(Short.toUnsignedInt(cursor.i16(key)));
            case 3 -> new GgufValue.Whole(cursor.i16(key));
            case 4 -> new GgufValue.Whole(Integer.toUnsignedLong(cursor.i32(key)));
            case 5 -> new GgufValue.Whole(cursor.i32(key));
            case 6 -> new GgufValue.Real(Float.intBitsToFloat(cursor.i32(key)));
            case 7 -> new GgufValue.Truth(cursor.u8(key) != 0);
            case TEXT -> new GgufValue.Text(cursor.string(MAX_TEXT_BYTES, key));
            case ARRAY -> array(key);
            case 10, 11 -> new GgufValue.Whole(cursor.i64(key));
            case 12 -> new GgufValue.Real(Double.longBitsToDouble(cursor.i64(key)));
            default -> throw cursor.broken("metadata key " + key + " has unknown value type " + type, key);
        };
    }

    private GgufValue array(String key) {
        int type = cursor.i32(key);
        long count = cursor.count(minimumBytes(type, key), key);
        long offset = cursor.position();
        skipElements(type, count, key, 1);
        return new GgufValue.Array(type, count, offset);
    }

    private void skipElements(int type, long count, String key, int depth) {
        if (type == TEXT) {
            for (long i = 0; i < count; i++) {
                cursor.skip(cursor.count(1, key), key);
            }
        } else if (type == ARRAY) {
            if (depth == MAX_ARRAY_DEPTH) {
                throw cursor.broken("metadata key " + key + " nests arrays too deeply", key);
            }
            for (long i = 0; i < count; i++) {
                int inner = cursor.i32(key);
                skipElements(inner, cursor.count(minimumBytes(inner, key), key), key, depth + 1);
            }
        } else {
            cursor.skip(count * minimumBytes(type, key), key);
        }
    }

    private int minimumBytes(int type, String key) {
        return switch (type) {
            case 0, 1, 7 -> 1;
            case 2, 3 -> 2;
            case 4, 5, 6 -> 4;
            case TEXT, 10, 11, 12 -> 8;
            case ARRAY -> 12;
            default -> throw cursor.broken("metadata key " + key + " has unknown element type " + type, key);
        };
    }

    private TensorInfo tensorInfo(long index) {
        String name = cursor.string(MAX_TENSOR_NAME_BYTES, "name of tensor " + index);
        String what = "tensor " + name;
        int dimensions = cursor.i32(what);
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw brokenTensor(name, "has " + Integer.toUnsignedString(dimensions) + " dimensions, 1 to 4 are allowed");
        }
        long columns = cursor.i64(what);
        long rows = 1;
        for (int i = 1; i < dimensions; i++) {
            long extent = cursor.i64(what);
            if (extent < 1 || extent > Integer.MAX_VALUE || rows * extent > Integer.MAX_VALUE) {
                throw brokenTensor(name, "has an absurd shape");
            }
            rows *= extent;
        }
        if (columns < 1 || columns > Integer.MAX_VALUE || rows * columns > MAX_VALUES) {
            throw brokenTensor(name, "has an absurd shape");
        }
        int typeId = cursor.i32(what);
        @Nullable TensorType type = typeOf(typeId);
        if (type == null) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED,
                    file.getFileName() + ": tensor " + name + " has GGUF type " + Integer.toUnsignedString(typeId)
                            + ", which pie does not read; use a file in F16, Q8_0, Q4_1, Q4_K_M or similar",
                    Map.of("file", file.toString(), "tensor", name, "type", typeId));
        }
        if (columns % type.blockSize() != 0) {
            throw brokenTensor(name, "has " + columns + " columns, not a multiple of its block of " + type.blockSize());
        }
        return new TensorInfo(name, type, (int) rows, (int) columns, cursor.i64(what));
    }

    private Header withData(GgufMetadata metadata, Map<String, TensorInfo> infos) {
        long alignment = metadata.whole("general.alignment", 32);
        if (alignment < 8 || alignment > 1 << 20 || Long.bitCount(alignment) != 1) {
            throw metadata.broken("general.alignment", "must be a power of two of 8 or more, is " + alignment);
        }
        long dataOffset = (cursor.position() + alignment - 1) & -alignment;
        long dataBytes = bytes.byteSize() - dataOffset;
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (TensorInfo info : infos.values()) {
            long size = info.type.bytes((long) info.rows * info.columns);
            if (info.offset < 0 || info.offset % alignment != 0) {
                throw brokenTensor(info.name, "lies at a misaligned offset");
            }
            if (size > dataBytes || info.offset > dataBytes - size) {
                throw brokenTensor(
                        info.name, "ends past the end of the file: the download is incomplete or the file damaged");
            }
            tensors.put(
                    info.name,
                    new Tensor(
                            info.name,
                            info.type,
                            info.rows,
                            info.columns,
                            bytes.asSlice(dataOffset + info.offset, size)));
        }
        return new Header(metadata, tensors, Math.min(dataOffset, bytes.byteSize()));
    }

    private static @Nullable TensorType typeOf(int ggufId) {
        for (TensorType type : TensorType.values()) {
            if (type.ggufId() == ggufId) {
                return type;
            }
        }
        return null;
    }

    private PieException unsupported(String message, String what, Object value) {
        return new PieException(
                ErrorCode.UNSUPPORTED,
                file.getFileName() + ": " + message,
                Map.of("file", file.toString(), "what", what, "value", value));
    }

    private PieException brokenTensor(String tensor, String problem) {
        return ModelErrors.tensor(file, tensor, problem);
    }
}
