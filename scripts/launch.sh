# Shared by ./pie and ./dev: find a JDK 25, build what is missing or stale. Sourced by bash 3.2 and newer; $root is the checkout.
# On the quick path (everything built) only one process is started, find.

fail() { # MESSAGE [EXIT-CODE]
    printf 'pie: %s\n' "$1" >&2
    exit "${2:-2}"
}

# Set $jdk_version from DIR/release; a JDK is told by that file, since starting java costs more than all the rest here.
read_jdk_version() { # DIR
    jdk_version=
    [ -r "$1/release" ] || return 1
    local line
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
            JAVA_VERSION=*)
                jdk_version=${line#JAVA_VERSION=}
                jdk_version=${jdk_version//\"/}
                return 0
                ;;
        esac
    done <"$1/release"
    return 1
}

is_jdk_25() { # DIR
    read_jdk_version "$1" || return 1
    case $jdk_version in
        25 | 25.* | 25[+-]*) [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] ;;
        *) return 1 ;;
    esac
}

# PIE_JVM_FOLDERS (a list parted by colons) replaces the usual folders; tests use it.
jdk_candidates() {
    if [ -n "${PIE_JVM_FOLDERS+set}" ]; then
        local IFS=:
        local folder
        for folder in $PIE_JVM_FOLDERS; do candidates+=("$folder"/*); done
        return
    fi
    candidates+=(
        /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/java/* /opt/java/* /opt/*jdk* /opt/*temurin*
        "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.asdf/installs/java/*
        "$HOME"/.local/share/mise/installs/java/*
        /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home
    )
}

find_jdk() {
    if [ -n "${PIE_JAVA_HOME:-}" ]; then
        is_jdk_25 "$PIE_JAVA_HOME" ||
            fail "PIE_JAVA_HOME=$PIE_JAVA_HOME is ${jdk_version:+JDK $jdk_version, }not a JDK 25: point it at one, or unset it"
        jdk=$PIE_JAVA_HOME
        return
    fi
    candidates=()
    [ -n "${JAVA_HOME:-}" ] && candidates+=("$JAVA_HOME")
    jdk_candidates
    local dir others=
    for dir in "${candidates[@]}"; do
        if is_jdk_25 "$dir"; then
            jdk=$dir
            return
        fi
        [ -n "$jdk_version" ] && others="${others:+$others, }JDK $jdk_version in $dir"
    done
    fail "a JDK 25 is needed and none was found${others:+ (only $others)}: install one, for example from https://adoptium.net, or set PIE_JAVA_HOME to its folder"
}

# Whatever the build reads; folders count too, so that a removed file is noticed.
is_stale() {
    [ -r "$app/current" ] || return 0
    build=$(<"$app/current")
    [ -r "$app/$build/java.args" ] && [ -r "$app/$build/stamp" ] || return 0
    local inputs=("$root/pom.xml") module
    for module in engine cpu cuda polyglot-runtime server cli; do
        inputs+=("$root/$module/pom.xml" "$root/$module/src/main")
    done
    [ -n "$(find "${inputs[@]}" -newer "$app/$build/stamp" -print 2>/dev/null | head -n 1)" ]
}

# One build at a time in a checkout; a lock left by a dead process is taken over.
lock_build() {
    local lock=$app/lock owner waited=0
    until mkdir "$lock" 2>/dev/null; do
        owner=$(cat "$lock/pid" 2>/dev/null)
        if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
            rm -rf "$lock"
            continue
        fi
        [ "$waited" = 0 ] && printf 'pie: waiting for another build of this checkout (%s)\n' "$lock" >&2
        waited=1
        sleep 0.3
    done
    echo $$ >"$lock/pid"
    trap 'rm -rf "$app/lock"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

unlock_build() {
    rm -rf "$app/lock"
    trap - EXIT INT TERM
}

# The JVM takes the home from the user database; pie and what it calls go by $HOME alone. Maven's script splits its options at spaces.
maven_opts() {
    case ${HOME:-} in
        '' | *[[:space:]]*) printf '%s' "${MAVEN_OPTS:-}" ;;
        *) printf '%s' "-Duser.home=$HOME ${MAVEN_OPTS:-}" ;;
    esac
}

run_maven() { # LOG ARGS...
    local log=$1
    shift
    (cd "$root" && JAVA_HOME=$jdk MAVEN_OPTS=$(maven_opts) exec mvn -q -B -ntp -Dstyle.color=never "$@") >"$log" 2>&1 </dev/null &
    local pid=$! status seconds=0
    trap 'kill $pid 2>/dev/null; exit 130' INT
    if [ -t 2 ]; then
        while kill -0 $pid 2>/dev/null; do
            printf '\rpie: building … %d s ' $seconds >&2
            sleep 1
            seconds=$((seconds + 1))
        done
        printf '\r\033[K' >&2
    fi
    wait $pid
    status=$?
    return $status
}

package_with_maven() { # LOG MODULE
    if ! run_maven "$1" package -Dmaven.test.skip=true -pl "$2" -am; then
        grep -E '^\[ERROR\]' "$1" | head -n 12 >&2
        fail "the build failed: the whole log is in $1" 1
    fi
}

build() {
    command -v mvn >/dev/null 2>&1 ||
        fail "Maven is needed to build pie and there is no mvn on the PATH: install Maven 3.8 or newer (https://maven.apache.org/install.html)"
    mkdir -p "$app" 2>/dev/null && [ -w "$app" ] ||
        fail "cannot build, $root is not writable: copy the checkout to a folder of yours and run ./pie there"
    lock_build
    if ! is_stale; then
        unlock_build
        return
    fi
    [ -t 2 ] || printf 'pie: building …\n' >&2
    : >"$app/stamp.new"
    local log=$app/build.log
    package_with_maven "$log" cli
    assemble
    unlock_build
}

# Own jars are copied, so that a running server keeps its own while the next build overwrites target/.
assemble() {
    build=$(date +%Y%m%d-%H%M%S)-$$
    local dir=$app/$build class_path= module jar names
    mkdir -p "$dir"
    for module in cli server polyglot-runtime engine cpu cuda; do
        cp "$root/$module/target/$module-"[0-9]*[0-9].jar "$dir/" || fail "no jar of module $module was built" 1
    done
    for jar in "$dir"/*.jar; do class_path=$class_path:$jar; done
    IFS=: read -r -a names <"$root/cli/target/class-path"
    for jar in "${names[@]}"; do
        jar=${jar##*/}
        [ "${jar%.jar}" != "$jar" ] && [ -r "$root/cli/target/lib/$jar" ] && class_path=$class_path:$root/cli/target/lib/$jar
    done
    printf -- '-cp\n"%s"\n' "$(printf %s "${class_path#:}" | sed 's/[\\"]/\\&/g')" >"$dir/java.args"
    {
        printf 'time=%s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
        if git -C "$root" rev-parse --verify -q HEAD >/dev/null 2>&1; then
            printf 'commit=%s\n' "$(git -C "$root" rev-parse --short=12 HEAD)"
            [ -z "$(git -C "$root" status --porcelain 2>/dev/null)" ] || printf 'dirty=true\n'
        fi
    } >"$dir/build.properties"
    mv "$app/stamp.new" "$dir/stamp"
    printf '%s\n' "$build" >"$app/current.new"
    mv "$app/current.new" "$app/current"
    local old
    for old in $(ls -1d "$app"/2*-* 2>/dev/null | sort | sed -e '$d' | sed -e '$d'); do rm -rf "$old"; done
}

ensure_built() {
    app=$root/cli/target/app
    if [ -n "${PIE_NO_BUILD:-}" ] && [ -r "$app/current" ]; then
        build=$(<"$app/current")
        return
    fi
    is_stale && build
    return 0
}

# Benchmarks measure what ./pie runs, and are built apart from it, when they are called: what they are made of nobody else needs.
ensure_bench_built() {
    bench_args=$app/bench.args
    [ -n "${PIE_NO_BUILD:-}" ] && [ -r "$bench_args" ] && return
    local inputs=("$root/pom.xml") module class_path
    for module in engine cpu cuda benches; do inputs+=("$root/$module/pom.xml" "$root/$module/src/main"); done
    if [ -r "$bench_args" ] && [ -z "$(find "${inputs[@]}" -newer "$bench_args" -print 2>/dev/null | head -n 1)" ]; then
        return
    fi
    command -v mvn >/dev/null 2>&1 || fail "Maven is needed to build the benchmarks and there is no mvn on the PATH"
    lock_build
    [ -t 2 ] || printf 'pie: building the benchmarks …\n' >&2
    : >"$app/bench.stamp"
    package_with_maven "$app/bench.log" benches
    class_path=$(<"$root/benches/target/class-path")
    for module in benches engine cpu cuda; do
        class_path=$(echo "$root/$module/target/$module-"[0-9]*[0-9].jar):$class_path
    done
    printf -- '-cp\n"%s"\n' "$(printf %s "$class_path" | sed 's/[\\"]/\\&/g')" >"$bench_args.new"
    touch -r "$app/bench.stamp" "$bench_args.new"
    mv "$bench_args.new" "$bench_args"
    unlock_build
}

run_bench() { # ARGS...
    ensure_bench_built
    if may_train; then train; fi # else it would start beside the measurement
    local flags=("-Dpie.root=$root")
    [ -n "${HOME:-}" ] && flags+=("-Duser.home=$HOME")
    engine_flags
    # the JVM has no flag against its word on incubator modules
    exec 2> >(exec grep -v --line-buffered '^WARNING: Using incubator modules' >&2)
    exec "$jdk/bin/java" "${flags[@]}" "@$bench_args" pie.bench.Bench "$@"
}

# The flags of a JVM that runs the engine; those of jvm.flags in the parent pom, which a test compares, and the heap.
engine_flags() {
    flags+=(--add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED
        --sun-misc-unsafe-memory-access=allow -Dpolyglot.engine.WarnInterpreterOnly=false)
}

# For a program that runs once and ends, the time of C2 is better spent on the driver's kernels than on guest interpreters: kernels are
# compiled ten times as early as usual, the rest ten times as late, which a long run still gets; the loop of the Python interpreter, two
# seconds of C2 alone, later still.
short_run_flags() {
    flags+=(-XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000 -XX:Tier4CompileThreshold=150000
        -XX:Tier4BackEdgeThreshold=400000 -XX:CompileCommand=quiet
        "-XX:CompileCommand=CompileThresholdScaling,pie/cpu/*.*,0.1"
        "-XX:CompileCommand=CompileThresholdScaling,com/oracle/graal/python/nodes/bytecode/PBytecodeRootNode.bytecodeLoop,20.0")
}

# A server with programs by the hundred must not stop for a collection of all they hold (docs/decisions/0017), and gives back what it
# needs no more; what runs once and ends does with the collector of least memory.
long_run_flags() {
    flags+=(-XX:-UseSerialGC -XX:+UseG1GC -XX:MaxGCPauseMillis=50 -XX:G1PeriodicGCInterval=300000
        -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=30)
}

# What is run here reads and keeps models, caches and snapshots in the folder of pie.
need_home() {
    local home=${PIE_HOME:-${HOME:+$HOME/.pie}}
    [ -z "$home" ] || [ -d "$home" ] || mkdir -p -- "$home" 2>/dev/null ||
        fail "the folder of pie cannot be made: $home; set PIE_HOME to one that can"
}

common_flags() {
    flags=(-XX:+UseSerialGC -Xss8m -Xlog:disable "-Xlog:all=error,aot*=off,cds*=off:stderr"
        "-Dpie.app=$app/$build" "-Dpie.root=$root")
    [ -n "${HOME:-}" ] && flags+=("-Duser.home=$HOME")
    local cache=${PIE_HOME:-${HOME:+$HOME/.pie}}
    [ -n "$cache" ] && flags+=("-Dpolyglot.engine.userResourceCache=$cache/cache/guests")
    return 0
}

# Make the start-up cache (JEP 483, 514) of the current build: run a few programs and keep what was loaded. Whatever goes wrong only
# costs the gain; the log says what it was. Three tries a build.
train() {
    local dir=$app/$build log=$app/$build/train.log flags
    common_flags
    engine_flags
    echo "try ${BASHPID:-$$}" >>"$dir/training"
    if nice -n 19 "$jdk/bin/java" "${flags[@]}" "-XX:AOTCacheOutput=$dir/engine.aot.new" "@$dir/java.args" \
        pie.cli.Main train >"$log" 2>&1 </dev/null && [ -s "$dir/engine.aot.new" ]; then
        mv "$dir/engine.aot.new" "$dir/engine.aot"
    else
        rm -f "$dir/engine.aot.new"
    fi
}

may_train() {
    [ -z "${PIE_NO_AOT:-}" ] && [ ! -e "$app/$build/engine.aot" ] && [ -w "$app/$build" ] || return 1
    [ -e "$app/$build/training" ] || return 0
    local line count=0 last=
    while read -r line; do
        count=$((count + 1))
        last=${line#try }
    done <"$app/$build/training"
    [ "$count" -lt 3 ] && ! kill -0 "$last" 2>/dev/null
}

# Train once the command that replaces this shell has ended, or after a while beside it.
train_later() { # SECONDS
    (
        trap '' HUP INT
        local left=$1
        while [ "$left" -gt 0 ] && kill -0 $$ 2>/dev/null; do
            sleep 1
            left=$((left - 1))
        done
        train
    ) >/dev/null 2>&1 </dev/null 9>&- &
}

# A monitor gives the screen back whatever happens to it, but for kill -9 and a crash of the JVM: then the mark that it left is still
# there, and whoever waits here in its place leaves the second screen and shows the cursor again.
guard_screen() {
    local mark=$app/screen.$$
    flags+=("-Dpie.screen=$mark")
    (
        trap '' HUP INT TERM TTOU
        while kill -0 $$ 2>/dev/null; do sleep 0.5; done
        [ -e "$mark" ] && rm -f "$mark" && printf '\033[?2026l\033[0m\033[?7h\033[?25h\033[?1049l' >/dev/tty
    ) >/dev/null 2>&1 </dev/null 9>&- &
}
