package pie.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import pie.engine.PieException;
import pie.inferlet.Context;

/** Pack the classes that Java programs are compiled against, for editors. */
final class ApiJar {
    private static final List<String> HIDDEN = List.of("Host", "JsonBinding", "Passing", "Serving");

    private ApiJar() {}

    static byte[] bytes() {
        var bytes = new ByteArrayOutputStream();
        try (var jar = new JarOutputStream(bytes)) {
            add(jar, Context.class, ApiJar::ofTheApi);
            add(jar, PieException.class, name -> name.matches("(PieException|ErrorCode)(\\$\\w+)?\\.class"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    private static boolean ofTheApi(String name) {
        String outer = name.replaceFirst("(\\$.*)?\\.class$", "");
        return name.endsWith(".class") && !HIDDEN.contains(outer);
    }

    private static void add(JarOutputStream jar, Class<?> one, Predicate<String> taken)
            throws IOException, URISyntaxException {
        Path source =
                Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
        String folder = one.getPackageName().replace('.', '/');
        if (Files.isDirectory(source)) {
            addAll(jar, source.resolve(folder), folder, taken);
            return;
        }
        try (FileSystem inside = FileSystems.newFileSystem(source)) {
            addAll(jar, inside.getPath(folder), folder, taken);
        }
    }

    private static void addAll(JarOutputStream jar, Path from, String folder, Predicate<String> taken)
            throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(from)) {
            files = listed.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            if (taken.test(name)) {
                jar.putNextEntry(new JarEntry(folder + "/" + name));
                jar.write(Files.readAllBytes(file));
                jar.closeEntry();
            }
        }
    }
}
