package pie.runtime.python;

import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.io.IOAccess;
import pie.runtime.bridge.Resources;

/** Compile the Python modules that guests import, so that they are not parsed at each start. */
public final class PythonLibrary {
    /** Modules that many programs import besides those of the bootstrap. */
    private static final String COMMON = """
            import sys
            sys.modules.update(ssl=None, _ssl=None)
            import asyncio, contextlib, dataclasses, enum, inspect, linecache, random, socket, threading, traceback, typing
            import base64, bisect, calendar, copy, csv, datetime, decimal, difflib, fractions, hashlib, heapq, html, json, re
            import pprint, statistics, string, textwrap, urllib.parse, uuid
            """;

    private PythonLibrary() {}

    /** Write the bytecode of the modules beside their unpacked sources, where guests can read but not write. */
    public static void compile() {
        try (Context context = Context.newBuilder("python")
                .allowExperimentalOptions(true)
                .allowIO(IOAccess.ALL)
                .option("engine.WarnInterpreterOnly", "false")
                .options(PythonLanguage.OPTIONS)
                .option("python.DontWriteBytecodeFlag", "false")
                .build()) {
            context.eval("python", Resources.text("python/bootstrap.py"));
            context.eval("python", COMMON);
        }
    }
}
