package pie.runtime.files;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.OpenOption;
import java.util.List;
import java.util.Set;
import pie.inferlet.Host;

/** Serve the files below one root. Paths are names from the root on, none for the root itself; {@code shown} is what errors name. */
interface Root {
    SeekableByteChannel open(List<String> path, String shown, Set<? extends OpenOption> options) throws IOException;

    Host.FileStatus status(List<String> path, String shown) throws IOException;

    List<String> list(List<String> path, String shown) throws IOException;

    void createDirectory(List<String> path, String shown) throws IOException;

    void delete(List<String> path, String shown) throws IOException;

    void move(List<String> from, List<String> to, String shown, boolean replace) throws IOException;
}
