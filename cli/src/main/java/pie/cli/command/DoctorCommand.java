package pie.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import pie.cli.Json;
import pie.cli.Style;
import pie.cli.doctor.Check;
import pie.cli.doctor.DeviceChecks;
import pie.cli.doctor.EngineChecks;
import pie.cli.doctor.Finding;
import pie.cli.doctor.HomeChecks;
import pie.cli.doctor.MachineChecks;

/** Check this machine. */
@Command(
        name = "doctor",
        description = "Check this machine: JDK, processor, memory, ports, guests, models, GPU.%n",
        footer = {
            "",
            "Exit code 1 if a check failed; notes are about what pie works without.",
            "",
            "Examples:",
            "  pie doctor",
            "  pie doctor --json | jq '.checks[] | select(.ok | not)'"
        })
public final class DoctorCommand extends PieCommand {
    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Option(names = "--port", paramLabel = "PORT", description = "Port to look at. Default: ${DEFAULT-VALUE}.")
    private int port = 8080;

    private List<Check> checks() {
        return List.of(
                MachineChecks::jvm,
                MachineChecks::processor,
                MachineChecks::memory,
                HomeChecks::home,
                HomeChecks::settings,
                () -> HomeChecks.port(port),
                DeviceChecks::drivers,
                DeviceChecks::cuda,
                EngineChecks::models,
                EngineChecks::engine);
    }

    @Override
    public Integer call() throws InterruptedException {
        setLogs();
        List<Finding> findings = new ArrayList<>();
        for (Check check : checks()) {
            for (Finding finding : check.look()) {
                findings.add(finding);
                if (!json) {
                    print(finding);
                }
            }
        }
        boolean failed = findings.stream().anyMatch(f -> f.status() == Finding.Status.FAILED);
        if (json) {
            var document = new LinkedHashMap<String, Object>();
            document.put("ok", !failed);
            document.put("checks", findings.stream().map(Finding::json).toList());
            out().println(Json.pretty(document));
        }
        return failed ? 1 : 0;
    }

    private void print(Finding finding) {
        Style style = style();
        String mark = switch (finding.status()) {
            case OK -> style.green("✓");
            case NOTE -> style.yellow("–");
            case FAILED -> style.red("✗");
        };
        if (quiet && finding.status() == Finding.Status.OK) {
            return;
        }
        out().printf("%s %-10s %s%n", mark, finding.area(), finding.text());
        if (!finding.fix().isEmpty()) {
            out().println("             " + style.dim("→ " + finding.fix()));
        }
        out().flush();
    }
}
