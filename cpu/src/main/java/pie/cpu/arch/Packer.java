package pie.cpu.arch;

import java.util.List;
import pie.cpu.kernel.Linear;
import pie.cpu.kernel.PackedMatrix;

/** Put tensors into the layout of the kernels that were chosen for this machine. */
public interface Packer extends AutoCloseable {
    /** Pack one matrix for reading by column. */
    PackedMatrix matrix(Piece piece);

    /** Pack matrices of equal inputs side by side. */
    Linear linear(List<Piece> pieces);

    /** Return a matmul with a table that was packed before, by {@link #matrix}, from the same piece. */
    Linear linear(Piece piece, PackedMatrix packed);

    /** Name the format of most weights. */
    String weightType();

    /** Return the bytes packed so far. */
    long bytes();

    /** Say what is being done, such as "packing weights". */
    String stage();

    /** Note that all is packed. */
    void done();

    /** Stop what goes on in the background; after that no weights are read here. */
    @Override
    void close();
}
