using System.Runtime;
using System.Threading;
using HyperCore.Core.Paging;
using HyperCore.Core.Processor;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Memory;
using HyperCore.Efi.Virtualization;

namespace HyperCore.Efi.Pcpus;

/// <summary>
/// A processor on its way to become a <see cref="HostPcpu"/>: what it needs, built by the boot processor beforehand, and what it does itself. It
/// allocates nothing. Until it is online it does what the boot processor asks it to.
/// </summary>
internal sealed unsafe class ApplicationProcessor
{
    private const uint MsrTsc = 0x10;
    private const uint MsrTscAdjust = 0x3B;

    private readonly DescriptorTables _tables;
    private readonly HostPageTables _pageTables;
    private readonly VirtualizationHost _virtualization;
    private readonly bool _isNeeded;
    private readonly BootState _boot;
    private readonly HostPcpu _bootPcpu;
    private readonly HostProcessor _processor;
    private readonly ProcessorFeatures _features = new();
    private readonly int _index;
    private int _state;
    private int _request;
    private int _answered;
    private long _argument;
    private ulong _result;

    /// <summary>Builds what the processor needs.</summary>
    /// <param name="pcpu">What it becomes.</param>
    /// <param name="index">Its number then.</param>
    /// <param name="tables">Its descriptor tables.</param>
    /// <param name="pageTables">HyperCore's page tables.</param>
    /// <param name="virtualization">Runs guests.</param>
    /// <param name="isNeeded">The boot processor can run guests, so this one has to.</param>
    /// <param name="boot">How the boot processor is set up.</param>
    /// <param name="bootPcpu">The boot processor.</param>
    /// <param name="processor">Asks the processor that it runs on.</param>
    public ApplicationProcessor(
        HostPcpu pcpu, int index, DescriptorTables tables, HostPageTables pageTables, VirtualizationHost virtualization, bool isNeeded, BootState boot, HostPcpu bootPcpu, HostProcessor processor)
    {
        Pcpu = pcpu;
        _index = index;
        _tables = tables;
        _pageTables = pageTables;
        _virtualization = virtualization;
        _isNeeded = isNeeded;
        _boot = boot;
        _bootPcpu = bootPcpu;
        _processor = processor;
    }

    /// <summary>What it becomes.</summary>
    public HostPcpu Pcpu { get; }

    /// <summary>How far it is.</summary>
    public ApplicationProcessorState State => (ApplicationProcessorState)Volatile.Read(ref _state);

    /// <summary>Why it cannot be used, when it is <see cref="ApplicationProcessorState.Refused"/>; null for features, see <see cref="MissingRegister"/>.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>The CPUID register in which it lacks what the boot processor has; empty when it does not.</summary>
    public string MissingRegister { get; private set; } = "";

    /// <summary>The bits that it lacks there.</summary>
    public uint MissingBits { get; private set; }

    /// <summary>Firmware had left it with other memory types than the boot processor's.</summary>
    public bool HadOtherMemoryTypes { get; private set; }

    /// <summary>Asks the processor for something and says when it was done; for the boot processor, while the state is Ready.</summary>
    /// <returns>The number to wait for with <see cref="TryGetAnswer"/>.</returns>
    public int Ask(ApplicationProcessorRequest request, long argument = 0)
    {
        _argument = argument;

        // The lower bits say what; the upper ones tell one question from the next.
        int number = ((_request >> 4) + 1) << 4 | (int)request;
        Volatile.Write(ref _request, number);
        return number;
    }

    /// <summary>The answer to a question, once it is there.</summary>
    public bool TryGetAnswer(int number, out ulong result)
    {
        bool isThere = Volatile.Read(ref _answered) == number;
        result = isThere ? _result : 0;
        return isThere;
    }

    /// <summary>Where Assembly/Trampoline.asm goes on, on the processor's own stack.</summary>
    [RuntimeExport("ApplicationProcessor_Start")]
    private static void Start(ApplicationProcessor processor) => processor.Run();

    private void Run()
    {
        _tables.Load();
        PcpuBlock.Load(Pcpu.Block, _index);
        if (!TrySetUp())
        {
            Volatile.Write(ref _state, (int)ApplicationProcessorState.Refused);
            HaltForever();
        }

        Volatile.Write(ref _state, (int)ApplicationProcessorState.Ready);
        ServeUntilReleased();
        Volatile.Write(ref _state, (int)ApplicationProcessorState.Online);
        Pcpu.RunLoop();
    }

    private bool TrySetUp()
    {
        _features.Read(_processor);
        if (_boot.Features.IsMissing(_features, out string register, out uint bits))
        {
            MissingRegister = register;
            MissingBits = bits;
            return false;
        }

        if (_isNeeded && _virtualization.WhyNot() is { } obstacle)
        {
            Obstacle = obstacle;
            return false;
        }

        HadOtherMemoryTypes = _boot.MemoryTypes.Apply();
        HostPaging.Install(_pageTables);
        if (_isNeeded)
        {
            _virtualization.Enable(_index);
        }

        _boot.Apply();
        Pcpu.LocalApic.InitializeAs(_bootPcpu.LocalApic);
        return true;
    }

    private void ServeUntilReleased()
    {
        int done = 0;
        while (true)
        {
            int number = Volatile.Read(ref _request);
            if (number == done)
            {
                Intrinsics.Pause();
                continue;
            }

            done = number;
            var request = (ApplicationProcessorRequest)(number & 0xF);
            _result = Serve(request);
            Volatile.Write(ref _answered, number);
            if (request == ApplicationProcessorRequest.Release)
            {
                return;
            }
        }
    }

    private ulong Serve(ApplicationProcessorRequest request)
    {
        switch (request)
        {
            case ApplicationProcessorRequest.ReadTsc:
                return Intrinsics.ReadTscOrdered();
            case ApplicationProcessorRequest.AdjustTsc:
                return AdjustTsc(_argument) ? 1u : 0u;
            case ApplicationProcessorRequest.KeepTscOffset:
                Pcpu.Block->TscOffset = _argument;
                Pcpu.LocalApic.TscOffset = _argument;
                _virtualization.SetTscOffset(_index, _argument);
                return 0;
            default:
                return 0;
        }
    }

    /// <summary>Moves the counter: by IA32_TSC_ADJUST (CPUID 7 EBX bit 1), which does it exactly; else by writing the counter itself.</summary>
    private static bool AdjustTsc(long by)
    {
        Intrinsics.Cpuid(0, 0, out uint last, out _, out _, out _);
        if (last >= 7)
        {
            Intrinsics.Cpuid(7, 0, out _, out uint ebx, out _, out _);
            if ((ebx & 2) != 0 && Intrinsics.TryReadMsr(MsrTscAdjust, out ulong adjust))
            {
                return Intrinsics.TryWriteMsr(MsrTscAdjust, adjust + (ulong)by);
            }
        }

        return Intrinsics.TryWriteMsr(MsrTsc, Intrinsics.ReadTscOrdered() + (ulong)by);
    }

    private static void HaltForever()
    {
        while (true)
        {
            Intrinsics.DisableInterrupts();
            Intrinsics.Halt();
        }
    }
}
