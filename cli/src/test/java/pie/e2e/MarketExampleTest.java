package pie.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pie.engine.process.Outcome;
import pie.runtime.Language;
import pie.runtime.LaunchRequest;

/** Run the example that draws the market, in every language, with pages for all and with too few of them. */
class MarketExampleTest {
    private static final int TOKENS = 48;
    private static final Pattern PANEL =
            Pattern.compile("<text [^>]+bold\">(\\w+)</text><text [^>]+>([^<]+)</text><text [^>]+>max ([0-9.]+)</text>"
                    + "<path [^>]+/><polyline points=\"([^\"]+)\"");

    private static Stack ample;
    private static Stack tight;

    @BeforeAll
    static void open() {
        ample = Stack.open(EnumSet.allOf(Language.class), 1024);
        tight = Stack.open(EnumSet.allOf(Language.class), 16);
    }

    @AfterAll
    static void close() {
        ample.close();
        tight.close();
    }

    /** @param points of the curve, x and y */
    private record Panel(double max, List<double[]> points) {}

    private static Map<String, Panel> run(Stack stack, String path, int rivals) throws Exception {
        String input = "{\"max_tokens\": " + TOKENS + ", \"rivals\": " + rivals + "}";
        Outcome outcome = stack.instance()
                .runtime()
                .launch(LaunchRequest.of(Stack.program(path), input))
                .outcome()
                .get(300, TimeUnit.SECONDS);
        assertThat(outcome).as(path).isInstanceOf(Outcome.Completed.class);
        String svg = ((Outcome.Completed) outcome).value();
        assertThat(svg).startsWith("<svg ").endsWith(" s</text></svg>");
        var panels = new LinkedHashMap<String, Panel>();
        Matcher found = PANEL.matcher(svg);
        while (found.find()) {
            List<double[]> points = new ArrayList<>();
            for (String point : found.group(4).split(" ")) {
                points.add(Arrays.stream(point.split(","))
                        .mapToDouble(Double::parseDouble)
                        .toArray());
            }
            panels.put(found.group(1), new Panel(Double.parseDouble(found.group(3)), points));
        }
        return panels;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "examples/python/watch_market.py",
                "examples/js/watch_market.js",
                "examples/java/WatchMarket.java"
            })
    void the_market_is_drawn_step_by_step(String path) throws Exception {
        Map<String, Panel> panels = run(ample, path, 0);
        assertThat(panels.keySet()).containsExactly("balance", "rent", "dividend", "latency", "price");
        panels.forEach((name, panel) -> {
            assertThat(panel.points()).as(name).hasSize(TOKENS);
            for (int i = 1; i < TOKENS; i++) {
                assertThat(panel.points().get(i)[0])
                        .as("time goes on")
                        .isGreaterThanOrEqualTo(panel.points().get(i - 1)[0]);
            }
        });
        assertThat(panels.get("balance").max()).isPositive().isLessThanOrEqualTo(64);
        assertThat(panels.get("rent").max()).as("pages for all").isZero();
        assertThat(panels.get("dividend").max()).isZero();
        assertThat(panels.get("latency").max()).isPositive();
        assertThat(panels.get("price").max()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "examples/python/watch_market.py",
                "examples/js/watch_market.js",
                "examples/java/WatchMarket.java"
            })
    void a_rent_is_to_be_paid_where_pages_are_short(String path) throws Exception {
        Map<String, Panel> panels = run(tight, path, 3);
        assertThat(panels.get("rent").max()).isPositive();
        assertThat(panels.get("balance").points()).hasSize(TOKENS);
    }
}
