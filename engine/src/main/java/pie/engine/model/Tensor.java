package pie.engine.model;

import java.lang.foreign.MemorySegment;

/**
 * Name a stored tensor and map its bytes.
 *
 * @param name in GGUF spelling ({@code blk.3.attn_q.weight}, {@code token_embd.weight}, {@code output_norm.weight}), also for
 *     safetensors files, whose names are translated by the reader
 * @param rows output features, 1 for vectors
 * @param columns input features; a row is contiguous
 * @param data read-only, mapped from the file; no alignment may be presumed
 */
public record Tensor(String name, TensorType type, int rows, int columns, MemorySegment data) {
    /** Return some of the rows as a tensor of its own, over the same bytes. */
    Tensor part(String of, int firstRow, int count) {
        long rowBytes = type.bytes(columns);
        return new Tensor(of, type, count, columns, data.asSlice(firstRow * rowBytes, count * rowBytes));
    }
}
