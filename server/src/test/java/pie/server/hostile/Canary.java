package pie.server.hostile;

import java.io.IOException;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keep one honest program beside hostile ones: it draws the same text again and again, which must be the same tokens each time, and
 * takes the time that a token takes.
 */
final class Canary {
    private static final String CODE = """
            import { Context, Model, Sampler, runtime, session, timers } from 'inferlet';

            const model = Model.load(runtime.models()[0]);

            async function round() {
              using ctx = new Context(model, { prefixCache: false });
              ctx.user('Tell me about the sea.').cue();
              await ctx.flush();
              const from = performance.now();
              const ids = await ctx.generate(Sampler.topP(0.8, 0.95, { seed: 7 }), { maxTokens: 24, stop: [] }).collectTokens();
              return { ids: [...ids].join(' '), ms: (performance.now() - from) / ids.length };
            }

            const middle = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

            export async function main(input) {
              const alone = [], beside = [];
              await round();
              const { ids: known } = await round();
              for (let i = 0; i < input.alone; i++) alone.push((await round()).ms);
              session.send('ready');
              let stopped = false;
              session.receive().then(() => { stopped = true; });
              let inexact = 0;
              while (!stopped) {
                const { ids, ms } = await round();
                if (ids !== known) inexact++;
                beside.push(ms);
                await timers.sleep(input.pause);
              }
              return { rounds: beside.length, inexact, alone: middle(alone), beside: middle(beside),
                slow: [...beside].sort((a, b) => a - b)[Math.floor(beside.length * 0.9)], slowest: Math.max(...beside) };
            }
            """;

    private final ServerProcess server;
    private final String id;

    private Canary(ServerProcess server, String id) {
        this.server = server;
        this.id = id;
    }

    /**
     * Launch it and wait until it knows what its text is, and what it takes when nothing else runs.
     *
     * @param alone how often it takes the time alone
     * @param pause between two texts
     */
    static Canary start(ServerProcess server, int alone, Duration pause) throws IOException, InterruptedException {
        var launch = JsonMapper.shared().createObjectNode();
        launch.putObject("source").put("language", "javascript").put("code", CODE);
        launch.putObject("input").put("alone", alone).put("pause", pause.toMillis());
        String id = JsonMapper.shared()
                .readTree(server.post("/v1/processes", launch).body())
                .get("id")
                .asString();
        for (int i = 0; i < 600; i++) {
            if (server.get("/v1/processes/" + id + "/events?follow=false")
                    .toString()
                    .contains("ready")) {
                return new Canary(server, id);
            }
            Thread.sleep(100);
        }
        throw new IOException("the canary does not get ready");
    }

    /** Ask it to end and return what it saw: {@code rounds, inexact}, and milliseconds a token {@code alone, beside, slow, slowest}. */
    JsonNode end() throws IOException, InterruptedException {
        server.post(
                "/v1/processes/" + id + "/messages",
                JsonMapper.shared().createObjectNode().put("message", "end"));
        return server.result(id, Duration.ofSeconds(60))
                .map(result -> result.path("json").isContainer() ? result.path("json") : result)
                .orElseThrow(() -> new IOException("the canary does not end"));
    }

    String id() {
        return id;
    }
}
