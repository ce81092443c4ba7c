package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.event.EventLog;
import pie.engine.event.ProcessEvent;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.runtime.mcp.McpServer;
import pie.runtime.replay.Recording;
import tools.jackson.databind.json.JsonMapper;

/** Record what programs do with processes, messages, tools, hosts and files, and replay it where none of these are. */
class ReplayWorldTest {
    private static final String PYTHON = """
            import asyncio, json, os, pathlib, urllib.request
            from inferlet import *

            async def main(input):
                if "child" in input:
                    return "child of " + input["child"]
                print(await runtime.launch(runtime.program(), {"child": runtime.instance_id()}))
                messaging.push("q", "m")
                with messaging.subscribe("n") as sub:
                    messaging.broadcast("n", "b")
                    print(await messaging.pull("q"), await sub.next(), sub.dropped)
                r = await http.fetch(input["url"] + "/echo?" + runtime.instance_id())
                print(r.status, dict(r.headers), await r.text())
                print([c async for c in await http.fetch(input["url"] + "/chunks")])
                print(urllib.request.urlopen(input["url"] + "/hello").read().decode())
                print(mcp.connect("tools").call_tool("add", {"a": 1, "b": 2}))
                pathlib.Path("/scratch/a").write_text("text")
                with open("/scratch/a", "a") as f:
                    f.write(" more")
                print(open("/scratch/a").read(), os.listdir("/scratch"), os.stat("/scratch/a").st_size)
                try:
                    open("/data/x")
                except OSError as e:
                    print(type(e).__name__, e.errno)
                try:
                    open("/etc/passwd")
                except OSError as e:
                    print(type(e).__name__, e.errno)
                return "done"
            """;
    private static final String JS = """
            import { runtime, messaging, http, mcp, filesystem } from 'inferlet';
            import fs from 'node:fs';
            export async function main({ child, url }) {
              if (child) return 'child of ' + child;
              console.log(await runtime.launch(runtime.program(), { child: runtime.instanceId() }).wait());
              messaging.push('q', 'm');
              const sub = messaging.subscribe('n');
              messaging.broadcast('n', 'b');
              console.log(await messaging.pull('q'), await sub.next(), sub.dropped);
              const r = await fetch(url + '/echo?' + runtime.instanceId());
              console.log(r.status, [...r.headers], await r.text());
              for await (const chunk of (await fetch(url + '/chunks')).body) console.log(chunk);
              console.log(mcp.connect('tools').callTool('add', { a: 1, b: 2 }));
              fs.writeFileSync('/scratch/a', 'text');
              fs.appendFileSync('/scratch/a', ' more');
              console.log(fs.readFileSync('/scratch/a', 'utf8'), fs.readdirSync('/scratch'), fs.statSync('/scratch/a').mtimeMs, filesystem.usage());
              try { fs.readFileSync('/etc/passwd'); } catch (e) { console.log(e.code, e.message); }
              return 'done';
            }
            """;

    @TempDir
    static Path recordings;

    @Test
    void theWorldIsAsItWas() throws Exception {
        var recorded = new ArrayList<InferletProcess>();
        try (TestWeb web = new TestWeb();
                TestRuntime live = new TestRuntime(
                        "dummy",
                        TestRuntime.config(Language.PYTHON, Language.JAVASCRIPT)
                                .withPolicy(GuestPolicy.DEFAULT
                                        .withCaps(Permissions.ALL)
                                        .withPrivateHosts(List.of("127.0.0.1"))))) {
            for (Language language : List.of(Language.PYTHON, Language.JAVASCRIPT)) {
                String code = language == Language.PYTHON ? PYTHON : JS;
                InferletProcess process = live.runtime.launch(LaunchRequest.of(
                                ProgramSource.of(language, language.defaultFile(), code),
                                JsonMapper.shared().writeValueAsString(web.input()))
                        .permitted(
                                Permissions.DEFAULT.withFiles(true).withNetwork(NetworkRule.of(List.of(web.address()))))
                        .calling(Map.of("tools", new McpServer.Http(web.url() + "/mcp", Map.of())))
                        .recordedIn(recordings));
                assertThat(process.outcome().get(120, TimeUnit.SECONDS)).isEqualTo(new Outcome.Completed("done"));
                recorded.add(process);
            }
            try (Guests guests = Guests.prepare(RuntimeConfig.DEFAULT
                    .withPoolMin(1)
                    .withLanguages(EnumSet.of(Language.PYTHON, Language.JAVASCRIPT)))) {
                web.stop();
                for (InferletProcess process : recorded) {
                    Recording recording = Recording.read(process.recording().orElseThrow());
                    var log = new EventLog(EventLog.Limits.DEFAULT);
                    var calls = new AtomicInteger();
                    assertThat(Replay.run(guests, recording, 0, frame -> calls.incrementAndGet(), log))
                            .isEqualTo(new Replay.End.Returned("done"));
                    assertThat(said(log)).isEqualTo(said(process.log())).contains("child of", "text more");
                    assertThat(calls.get()).isEqualTo(recording.frames().size());
                }
            }
        }
    }

    private static String said(EventLog log) {
        var all = new StringBuilder();
        for (ProcessEvent event : new ArrayList<>(log.held(0))) {
            if (event instanceof ProcessEvent.Stdout s) {
                all.append(s.text());
            }
        }
        return all.toString();
    }
}
