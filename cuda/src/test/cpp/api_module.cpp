// Driver API: modules, functions, launches.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "api.h"
#include "builder.h"
#include "memory.h"
#include "ptx.h"
#include "settings.h"

using namespace emulator;

namespace {

constexpr int NO_BINARY_FOR_GPU = 209, UNSUPPORTED_PTX_VERSION = 222, PTX_VERSION = 85;
constexpr unsigned PROGRAMMATIC_STREAM_SERIALIZATION = 6;

/** CUlaunchAttribute */
struct LaunchAttribute {
    unsigned number;
    alignas(8) int value;
    char rest[60];
};
/** CUlaunchConfig */
struct LaunchConfiguration {
    unsigned grid[3], block[3];
    unsigned dynamicShared;
    void* stream;
    const LaunchAttribute* attributes;
    unsigned attributeCount;
};
static_assert(sizeof(LaunchAttribute) == 72 && sizeof(LaunchConfiguration) == 56);

constexpr int ERROR_LOG_BUFFER = 5, ERROR_LOG_BYTES = 6;

// Programs without module variables depend on their text alone: every context may share them.
std::map<std::string, std::map<std::string, std::shared_ptr<Program>>>& known() {
    static auto* programs = new std::map<std::string, std::map<std::string, std::shared_ptr<Program>>>();
    return *programs;
}

int decimal(const std::string& version) {
    size_t dot = version.find('.');
    return std::atoi(version.c_str()) * 10 + (dot == std::string::npos ? 0 : std::atoi(version.c_str() + dot + 1));
}

int build(Call& call, Module& module, const std::string& text, std::string& log) {
    auto shared = known().find(text);
    if (shared != known().end()) {
        module.programs = shared->second;
        return SUCCESS;
    }
    try {
        ptx::Module parsed = ptx::parse(text);
        if (parsed.version.empty()) return log = "no .version: this is no PTX", INVALID_PTX;
        if (decimal(parsed.version) > PTX_VERSION) return log = ".version " + parsed.version + " is newer than this driver", UNSUPPORTED_PTX_VERSION;
        size_t digits = parsed.target.find_first_of("0123456789");
        int target = digits == std::string::npos ? 0 : std::atoi(parsed.target.c_str() + digits);
        if (target > settings.capability) return log = ".target " + parsed.target + " is newer than this device", NO_BINARY_FOR_GPU;
        Symbols symbols;
        for (const auto& v : parsed.globals) {
            uint64_t a = Memory::device().allocate(std::max<size_t>(v.bytes, 1), Kind::MODULE, call.context);
            if (!a) return OUT_OF_MEMORY;
            std::vector<unsigned char> initial = v.initial;
            initial.resize(v.bytes);  // module variables start as zero
            Memory::device().fromHost(a, initial.data(), v.bytes);
            symbols[v.name] = a;
            module.globals[v.name] = {a, v.bytes};
        }
        for (const auto& k : parsed.kernels) module.programs[k->name] = Builder(parsed, *k, symbols).build();
    } catch (const ptx::Error& e) {
        log = e.what();
        return INVALID_PTX;
    }
    if (module.globals.empty()) known()[text] = module.programs;
    return SUCCESS;
}

int load(Call& call, void** handle, const char* image, unsigned options, const int* names, void** values) {
    if (!image) return INVALID_VALUE;
    if (std::memcmp(image, "\177ELF", 4) == 0 || std::memcmp(image, "\x50\xed\x55\xba", 4) == 0)
        return call.refuse(INVALID_IMAGE, "the image is a binary for a GPU; the emulator runs PTX");
    auto module = std::make_unique<Module>();
    module->context = call.context;
    std::string log;
    int status = build(call, *module, image, log);
    if (status != SUCCESS) {
        char* buffer = nullptr;
        size_t bytes = 0;
        for (unsigned i = 0; i < options; i++) {
            if (names[i] == ERROR_LOG_BUFFER) buffer = static_cast<char*>(values[i]);
            if (names[i] == ERROR_LOG_BYTES) bytes = reinterpret_cast<size_t>(values[i]);
        }
        if (buffer && bytes) {
            std::strncpy(buffer, log.c_str(), bytes - 1);
            buffer[bytes - 1] = 0;
        }
        return call.refuse(static_cast<Status>(status), log);
    }
    *handle = module.get();
    call.context->modules[module.get()] = std::move(module);
    return SUCCESS;
}

Module* moduleOf(const Call& call, void* handle) {
    auto at = call.context->modules.find(handle);
    if (at != call.context->modules.end()) return at->second.get();
    for (Context* other : call.runtime.contexts)
        if (other->modules.count(handle)) {
            call.refuse(INVALID_CONTEXT, "the module belongs to another context");
            return nullptr;
        }
    call.refuse(INVALID_HANDLE, "no such module");
    return nullptr;
}

Function* functionOf(const Call& call, void* handle) {
    for (auto& [key, module] : call.context->modules)
        for (auto& [name, f] : module->functions)
            if (f.get() == handle) return f.get();
    call.refuse(INVALID_HANDLE, "no such function in this context");
    return nullptr;
}

Status launch(Call& call, void* handle, const unsigned (&grid)[3], const unsigned (&block)[3], unsigned dynamic, void* streamHandle, void** parameters, void** extra, bool early = false) {
    Function* f = functionOf(call, handle);
    if (!f) return INVALID_HANDLE;
    auto stream = call.stream(streamHandle);
    if (!stream) return INVALID_HANDLE;
    const Program& p = *f->program;
    auto refuse = [&](const std::string& why) { return call.refuse(INVALID_VALUE, "launch of " + p.name + ": " + why); };
    if (!grid[0] || !grid[1] || !grid[2] || !block[0] || !block[1] || !block[2]) return refuse("a dimension is 0");
    if (grid[0] > 2147483647u || grid[1] > 65535 || grid[2] > 65535) return refuse("the grid is too large");
    uint64_t threads = uint64_t{block[0]} * block[1] * block[2];
    if (block[0] > 1024 || block[1] > 1024 || block[2] > 64 || threads > 1024) return refuse("a block of more than 1024 threads");
    if (threads > p.maxThreads) return refuse("more threads than .maxntid says");
    if (p.requiredThreads && threads != p.requiredThreads) return refuse("other threads than .reqntid says");
    if (dynamic > static_cast<unsigned>(f->maxDynamicShared))
        return refuse(std::to_string(dynamic) + " bytes of dynamic shared memory, " + std::to_string(f->maxDynamicShared) + " without cuFuncSetAttribute");

    auto launch = std::make_shared<Launch>();
    launch->program = &p;
    std::copy(grid, grid + 3, launch->grid);
    std::copy(block, block + 3, launch->block);
    launch->dynamicShared = dynamic;
    launch->early = early;
    launch->parameters.resize(p.parameterBytes + 8);
    if (extra) {
        const char* buffer = nullptr;
        size_t bytes = 0;
        for (void** e = extra; *e; e += 2) {
            if (*e == reinterpret_cast<void*>(1)) buffer = static_cast<const char*>(e[1]);
            if (*e == reinterpret_cast<void*>(2)) bytes = *static_cast<size_t*>(e[1]);
        }
        if (!buffer || bytes < p.parameterBytes) return refuse("too few bytes of parameters");
        std::memcpy(launch->parameters.data(), buffer, p.parameterBytes);
    } else if (!p.parameters.empty()) {
        if (!parameters) return refuse("no parameters");
        for (size_t i = 0; i < p.parameters.size(); i++) {
            if (!parameters[i]) return refuse("parameter " + std::to_string(i) + " is not set");
            std::memcpy(launch->parameters.data() + p.parameters[i].offset, parameters[i], p.parameters[i].bytes);
        }
    }
    call.runtime.launches++;
    std::shared_ptr<Program> keep = f->program;
    Runtime* runtime = &call.runtime;
    Operation operation{p.name, [launch, keep, runtime]() -> std::optional<Fault> {
                            if (auto i = runtime->injected("kernel")) {
                                if (i->scope == Injection::LOST) runtime->lost = i->status;
                                return Fault{i->status, "injected in " + keep->name};
                            }
                            return execute(*launch);
                        }};
    operation.hangs = call.runtime.injected("hang").has_value();
    return call.runtime.push(*stream, std::move(operation), launch);
}

}  // namespace

extern "C" {

int cuModuleLoadData(void** module, const void* image) {
    ENTER(Needs::CONTEXT);
    return load(call, module, static_cast<const char*>(image), 0, nullptr, nullptr);
}
int cuModuleLoadDataEx(void** module, const void* image, unsigned n, int* names, void** values) {
    ENTER(Needs::CONTEXT);
    return load(call, module, static_cast<const char*>(image), n, names, values);
}
int cuModuleLoad(void** module, const char* path) {
    ENTER(Needs::CONTEXT);
    std::ifstream in(path, std::ios::binary);
    if (!in) return FILE_NOT_FOUND;
    std::string text{std::istreambuf_iterator<char>(in), {}};
    return load(call, module, text.c_str(), 0, nullptr, nullptr);
}
int cuModuleUnload(void* handle) {
    ENTER(Needs::CONTEXT);
    Module* m = moduleOf(call, handle);
    if (!m) return INVALID_HANDLE;
    if (Status s = call.runtime.drainAll(*call.context)) return s;
    for (auto& [name, global] : m->globals) Memory::device().release(global.first, Kind::MODULE);
    call.context->modules.erase(handle);
    return SUCCESS;
}
int cuModuleGetFunction(void** function, void* handle, const char* name) {
    ENTER(Needs::CONTEXT);
    Module* m = moduleOf(call, handle);
    if (!m) return INVALID_HANDLE;
    auto program = m->programs.find(name);
    if (program == m->programs.end()) return call.refuse(NOT_FOUND, std::string("no kernel ") + name);
    auto& f = m->functions[name];
    if (!f) f.reset(new Function{m, program->second, std::max(0, 49152 - static_cast<int>(program->second->staticShared))});
    *function = f.get();
    return SUCCESS;
}
int cuModuleGetGlobal_v2(DevicePointer* p, size_t* bytes, void* handle, const char* name) {
    ENTER(Needs::CONTEXT);
    Module* m = moduleOf(call, handle);
    if (!m) return INVALID_HANDLE;
    auto at = m->globals.find(name);
    if (at == m->globals.end()) return NOT_FOUND;
    if (p) *p = at->second.first;
    if (bytes) *bytes = at->second.second;
    return SUCCESS;
}
int cuModuleGetLoadingMode(int* mode) {
    *mode = 1;
    return SUCCESS;
}
int cuFuncGetModule(void** module, void* handle) {
    ENTER(Needs::CONTEXT);
    Function* f = functionOf(call, handle);
    if (!f) return INVALID_HANDLE;
    *module = f->module;
    return SUCCESS;
}
int cuFuncGetAttribute(int* value, int which, void* handle) {
    ENTER(Needs::CONTEXT);
    Function* f = functionOf(call, handle);
    if (!f) return INVALID_HANDLE;
    const Program& p = *f->program;
    int capability = static_cast<int>(settings.capability);
    const int all[] = {static_cast<int>(p.maxThreads), static_cast<int>(p.staticShared), 0, static_cast<int>(p.localBytes), static_cast<int>(p.registers), PTX_VERSION, capability, 0, f->maxDynamicShared, -1};
    if (which < 0 || which > 9) return INVALID_VALUE;
    *value = all[which];
    return SUCCESS;
}
int cuFuncSetAttribute(void* handle, int which, int value) {
    ENTER(Needs::CONTEXT);
    Function* f = functionOf(call, handle);
    if (!f) return INVALID_HANDLE;
    if (which == 9) return SUCCESS;
    if (which != 8) return INVALID_VALUE;
    int most = (settings.capability >= 90 ? 232448 : settings.capability == 80 ? 166912 : 101376) - static_cast<int>(f->program->staticShared);
    if (value < 0 || value > most) return call.refuse(INVALID_VALUE, f->program->name + " may have " + std::to_string(most) + " bytes of dynamic shared memory");
    f->maxDynamicShared = value;
    return SUCCESS;
}
int cuFuncSetCacheConfig(void*, int) { return SUCCESS; }
int cuLaunchKernel(void* f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned dynamic, void* stream, void** parameters, void** extra) {
    ENTER(Needs::CONTEXT);
    return launch(call, f, {gx, gy, gz}, {bx, by, bz}, dynamic, stream, parameters, extra);
}
int cuLaunchKernelEx(const LaunchConfiguration* c, void* f, void** parameters, void** extra) {
    ENTER(Needs::CONTEXT);
    bool early = false;
    for (unsigned i = 0; i < c->attributeCount; i++) {
        if (c->attributes[i].number != PROGRAMMATIC_STREAM_SERIALIZATION) return call.refuse(NOT_SUPPORTED, "launch attribute " + std::to_string(c->attributes[i].number));
        early = c->attributes[i].value != 0;
    }
    if (early && settings.capability < 90) return call.refuse(NOT_SUPPORTED, "programmatic launches need compute capability 9.0");
    return launch(call, f, {c->grid[0], c->grid[1], c->grid[2]}, {c->block[0], c->block[1], c->block[2]}, c->dynamicShared, c->stream, parameters, extra, early);
}
int cuLaunchCooperativeKernel(void* f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned dynamic, void* stream, void** parameters) {
    ENTER(Needs::CONTEXT);
    return launch(call, f, {gx, gy, gz}, {bx, by, bz}, dynamic, stream, parameters, nullptr);
}
int cuLaunchHostFunc(void* handle, void (*f)(void*), void* data) {
    ENTER(Needs::CONTEXT);
    auto stream = call.stream(handle);
    if (!stream) return INVALID_HANDLE;
    return call.runtime.push(*stream, {"host function", [f, data]() -> std::optional<Fault> {
                                           f(data);
                                           return std::nullopt;
                                       }});
}
int cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, void* handle, int threads, size_t dynamic) {
    ENTER(Needs::CONTEXT);
    Function* f = functionOf(call, handle);
    if (!f) return INVALID_HANDLE;
    if (threads < 1 || threads > 1024) return INVALID_VALUE;
    size_t shared = f->program->staticShared + dynamic + 1024;
    *blocks = static_cast<int>(std::min<size_t>({static_cast<size_t>(2048 / ((threads + 31) / 32 * 32)), 32, 167936 / shared}));
    return SUCCESS;
}

}  // extern "C"
