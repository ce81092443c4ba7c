package pie.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.Language;
import pie.runtime.Stubs;

/** Write a program to begin with, and beside it what editors need to complete and check it. */
public final class NewProgram {
    private static final String PYPROJECT = """
            # For editors and type checkers; pie needs none of it.
            [tool.pyright]
            stubPath = "typings"
            reportMissingModuleSource = false

            [tool.mypy]
            mypy_path = "typings"
            """;
    private static final String COMPILER_OPTIONS = """
            {
              "compilerOptions": {
                "target": "ES2022",
                "module": "ESNext",
                "moduleResolution": "bundler",
                "lib": ["ESNext", "DOM", "DOM.Iterable"],
                "types": [],
                "checkJs": true,
                "erasableSyntaxOnly": true,
                "noEmit": true
              },
              "include": ["*", "typings"]
            }
            """;
    private static final String JAVA_SETTINGS = """
            {
              "java.project.sourcePaths": ["."],
              "java.project.referencedLibraries": ["lib/*.jar"]
            }
            """;

    private NewProgram() {}

    /**
     * Write the files.
     *
     * @return their paths below the folder, the program first
     * @throws PieException ALREADY_EXISTS for a folder that holds something or a file, STORAGE_FULL where nothing can be written
     */
    public static List<String> write(Path folder, Language language) {
        Map<String, byte[]> files = files(name(folder), language);
        try {
            refuseUsed(folder);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path path = folder.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.write(path, file.getValue());
            }
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.STORAGE_FULL,
                    "cannot write into " + folder + ": " + ProgramArguments.reason(e),
                    Map.of(),
                    e);
        }
        return List.copyOf(files.keySet());
    }

    private static void refuseUsed(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        boolean used = !Files.isDirectory(folder);
        if (!used) {
            try (Stream<Path> entries = Files.list(folder)) {
                used = entries.findAny().isPresent();
            }
        }
        if (used) {
            throw new PieException(
                    ErrorCode.ALREADY_EXISTS,
                    folder + " is there already" + (Files.isDirectory(folder) ? " and holds files" : "")
                            + ": name a folder that is new or empty");
        }
    }

    private static String name(Path folder) {
        String name = String.valueOf(folder.toAbsolutePath().normalize().getFileName())
                .replaceAll("[^A-Za-z0-9_-]", "-")
                .replaceFirst("^[-_]+", "");
        return name.isEmpty() ? "program" : name.substring(0, Math.min(64, name.length()));
    }

    private static Map<String, byte[]> files(String name, Language language) {
        var files = new LinkedHashMap<String, byte[]>();
        String program = language.defaultFile();
        files.put(program, resource(program));
        files.put("Pie.toml", bytes("""
                [package]
                name = "%s"
                version = "0.1.0"
                description = "Ask the model one question."

                [runtime]
                language = "%s"
                file = "%s"
                """.formatted(name, language.word(), program)));
        switch (language) {
            case PYTHON -> files.put("pyproject.toml", bytes(PYPROJECT));
            case JAVASCRIPT -> files.put("jsconfig.json", bytes(COMPILER_OPTIONS));
            case TYPESCRIPT -> files.put("tsconfig.json", bytes(COMPILER_OPTIONS));
            case JAVA -> {
                files.put(".vscode/settings.json", bytes(JAVA_SETTINGS));
                files.put("lib/inferlet.jar", ApiJar.bytes());
            }
        }
        Stubs.of(language).forEach((path, text) -> files.put("typings/" + path, bytes(text)));
        return files;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] resource(String name) {
        try (InputStream in = NewProgram.class.getResourceAsStream("/pie/cli/new/" + name)) {
            if (in == null) {
                throw new PieException(ErrorCode.INTERNAL, "resource pie/cli/new/" + name + " is missing");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
