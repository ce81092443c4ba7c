package pie.cli.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pie.cli.PieHome;
import pie.cli.ProgramArguments;
import pie.cli.ProgramFile;
import pie.cli.Spans;
import pie.engine.PieException;
import pie.engine.market.Fixed;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.runtime.LaunchRequest;
import pie.runtime.Permissions;
import pie.runtime.ProgramSource;
import pie.server.programs.ProgramStore;
import pie.server.programs.Stored;
import tools.jackson.databind.JsonNode;

/** Take the program, its input and its budget. */
final class LaunchOptions {
    private static final Pattern STORED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}(@.+)?");

    @Parameters(
            index = "0",
            paramLabel = "FILE or NAME[@V]",
            description =
                    "Program: .py .js .mjs .ts .java, a folder of such files, - for stdin, or the name of a stored one.")
    private String file = "";

    @Parameters(
            index = "1..*",
            paramLabel = "ARGS",
            description = "After --: --some-key VALUE, --flag, --key:=JSON, --key @FILE; they make the input object.")
    private List<String> arguments = new ArrayList<>();

    @Option(
            names = "--input",
            paramLabel = "JSON",
            description = "Input of the program, or @FILE that holds it. Default: {}.")
    private @Nullable String input;

    @Option(
            names = "--lang",
            paramLabel = "LANG",
            description = "python, javascript, typescript or java; for - and odd names.")
    private String language = "";

    @Option(names = "--seed", paramLabel = "N", description = "Seed of everything random in the program.")
    private @Nullable Long seed;

    @Option(names = "--budget-tokens", paramLabel = "N", description = "Most tokens that it may compute.")
    private @Nullable Long tokens;

    @Option(names = "--budget-pages", paramLabel = "N", description = "Most pages that it may have at once.")
    private @Nullable Integer pages;

    @Option(
            names = "--budget-page-seconds",
            paramLabel = "N",
            description = "Most pages on the device, added up over its seconds.")
    private @Nullable Double pageSeconds;

    @Option(
            names = "--bid",
            paramLabel = "CREDITS",
            description = "Credits that its contexts bid for a page and step. Default: what its wallet allows.")
    private @Nullable Double bid;

    @Option(
            names = "--wall",
            paramLabel = "SPAN",
            converter = Spans.class,
            description = "Most time that it may take, such as 30s.")
    private @Nullable Duration wall;

    /** Return what was named to be run. */
    String file() {
        return file;
    }

    /** Say whether a stored program is meant: a plain name, and no file of it here. */
    private boolean stored() {
        return stored(file, language);
    }

    static boolean stored(String named, String language) {
        return STORED.matcher(named).matches() && language.isEmpty() && !Files.exists(Path.of(named));
    }

    /** Return what runs the program on an engine of its own. @param permissions what a program that is not stored may do */
    LaunchRequest request(Permissions permissions) {
        if (stored()) {
            Stored program = new ProgramStore(PieHome.path().resolve("programs")).resolve(OwnerId.LOCAL, file);
            return request(
                    program.source(),
                    program.checked(input()),
                    program.manifest().permissions());
        }
        return request(source(), input(), permissions);
    }

    private LaunchRequest request(ProgramSource source, JsonNode input, Permissions permissions) {
        return new LaunchRequest(
                        OwnerId.LOCAL, source, input.toString(), Optional.empty(), budget(), Map.of(), seed(), true)
                .bidding(bid())
                .permitted(permissions);
    }

    ProgramSource source() {
        if (file.startsWith("--") && !Files.exists(Path.of(file))) {
            throw PieException.invalid("the program is missing: FILE goes before --, its arguments after it");
        }
        return ProgramFile.read(file, language, System.in);
    }

    /** Return the input as JSON. */
    JsonNode input() {
        if (input != null && !arguments.isEmpty()) {
            throw PieException.invalid("--input and arguments after -- exclude each other");
        }
        return input != null ? ProgramArguments.parseInput(input) : ProgramArguments.parse(arguments);
    }

    OptionalLong seed() {
        return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
    }

    OptionalDouble bid() {
        return bid == null ? OptionalDouble.empty() : OptionalDouble.of(Fixed.price(Fixed.bid(bid)));
    }

    Budget budget() {
        if (tokens != null && tokens <= 0) {
            throw PieException.invalid("--budget-tokens must be positive, not " + tokens);
        }
        return new Budget(
                tokens == null ? OptionalLong.empty() : OptionalLong.of(tokens),
                Optional.ofNullable(wall),
                Optional.empty(),
                pages == null ? OptionalInt.empty() : OptionalInt.of(pages),
                pageSeconds == null ? OptionalDouble.empty() : OptionalDouble.of(pageSeconds));
    }

    /** Return the body of POST /v1/processes. */
    Map<String, Object> body(boolean detach, AskOptions asks) {
        var body = new LinkedHashMap<String, Object>();
        if (stored()) {
            body.put("program", file);
        } else {
            body.put("source", sent(source()));
        }
        body.put("input", input());
        body.put("detach", detach);
        asks.body().ifPresent(asked -> body.put("permissions", asked));
        if (seed != null) {
            body.put("seed", seed);
        }
        bid().ifPresent(credits -> body.put("bid", credits));
        var budget = new LinkedHashMap<String, Object>();
        budget().tokens().ifPresent(n -> budget.put("tokens", n));
        budget().pages().ifPresent(n -> budget.put("pages", n));
        budget().pageSeconds().ifPresent(n -> budget.put("page_seconds", n));
        budget().wall().ifPresent(d -> budget.put("wall", d.toNanos() / 1e9));
        if (!budget.isEmpty()) {
            body.put("budget", budget);
        }
        return body;
    }

    /** Return a program as the API takes it. */
    static Map<String, Object> sent(ProgramSource source) {
        var sent = new LinkedHashMap<String, Object>();
        sent.put("language", source.language().word());
        sent.put("file", source.file());
        sent.put("code", source.code());
        sent.put("entry", source.entry());
        if (!source.files().isEmpty()) {
            sent.put("files", source.files());
        }
        return sent;
    }
}
