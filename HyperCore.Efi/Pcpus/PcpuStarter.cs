using System;
using System.Threading;
using HyperCore.Core.Acpi.Host;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Time;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Drivers;
using HyperCore.Efi.Memory;
using HyperCore.Efi.Startup;
using HyperCore.Efi.Virtualization;

namespace HyperCore.Efi.Pcpus;

/// <summary>
/// Takes the application processors: INIT, ten milliseconds, a start-up IPI, and another one for who does not answer (Intel SDM vol. 3A, 9.4.4;
/// MultiProcessor Specification 1.4, B.4). One that does not come up, or is not like the boot processor, is left out and named in the log.
/// </summary>
internal sealed unsafe class PcpuStarter
{
    private const ulong Microsecond = 1_000;
    private const ulong InitDelay = 10_000 * Microsecond;
    private const ulong FirstAnswer = 200 * Microsecond;
    private const ulong LastAnswer = 2_000_000 * Microsecond;

    private readonly StartupInformation _information;
    private readonly HostMachine _machine;
    private readonly HostPcpus _pcpus;
    private readonly VirtualizationHost _virtualization;
    private readonly bool _runsGuests;
    private readonly PhysicalProcessor _processor;
    private readonly ProcessorList _list;
    private readonly ApplicationProcessor[] _started;
    private readonly StartOutcome[] _outcomes;
    private readonly TscOffsetEstimate[] _offsets;
    private readonly bool[] _moved;

    /// <summary>Prepares the start.</summary>
    /// <param name="information">Which processors there are, and the memory for them.</param>
    /// <param name="machine">The boot processor's devices.</param>
    /// <param name="pcpus">Where the pCPUs go.</param>
    /// <param name="virtualization">Runs guests.</param>
    /// <param name="runsGuests">The boot processor can run guests.</param>
    /// <param name="processor">Asks the processor that it runs on.</param>
    public PcpuStarter(StartupInformation information, HostMachine machine, HostPcpus pcpus, VirtualizationHost virtualization, bool runsGuests, PhysicalProcessor processor)
    {
        _information = information;
        _machine = machine;
        _pcpus = pcpus;
        _virtualization = virtualization;
        _runsGuests = runsGuests;
        _processor = processor;
        _list = information.Processors;
        _started = new ApplicationProcessor[_list.Count];
        _outcomes = new StartOutcome[_list.Count];
        _offsets = new TscOffsetEstimate[_list.Count];
        _moved = new bool[_list.Count];
    }

    /// <summary>Starts them all, one after the other. All that they will need is allocated here.</summary>
    public void StartAll()
    {
        if (_list.Count == 1 || _information.TrampolineAddress == 0)
        {
            return;
        }

        var boot = new BootState(_processor);
        var trampoline = new Trampoline(_information.TrampolineAddress, _information.PageTables);
        for (int i = 1; i < _list.Count; i++)
        {
            if (_pcpus[0].LocalApic.CanReach(_list[i]))
            {
                _pcpus[0].LocalApic.SendInit(_list[i]);
            }
        }

        Wait(InitDelay);
        for (int i = 1; i < _list.Count; i++)
        {
            _outcomes[i] = Start(i, boot, trampoline);
            if (_outcomes[i] == StartOutcome.Online)
            {
                _pcpus.Add(_started[i].Pcpu);
            }
            else if (_outcomes[i] is StartOutcome.Silent or StartOutcome.Deaf)
            {
                // It must not come by later, when the page is gone: INIT makes it wait for good.
                _pcpus[0].LocalApic.SendInit(_list[i]);
            }
        }

        trampoline.Close();
    }

    /// <summary>Says how it went.</summary>
    public void WriteTo(Log log)
    {
        if (_list.Count > 1 && _information.TrampolineAddress == 0)
        {
            log.Write(LogLevel.Warning, $"pcpu: no memory to start the other {_list.Count - 1} processors with; only the boot processor is used");
            return;
        }

        if (_list.LeftOut > 0)
        {
            log.Write(LogLevel.Warning, $"pcpu: the machine has {_list.LeftOut} more processors than the {ProcessorDiscovery.MaxProcessors} that are used");
        }

        log.Write(LogLevel.Debug, $"pcpu: 0 online apic={_list[0]} boot processor x2apic={(_pcpus[0].LocalApic.IsX2Apic ? 1 : 0)} of={_list.Count} from={_information.ProcessorSource}");
        for (int i = 1; i < _list.Count; i++)
        {
            uint apic = _list[i];
            switch (_outcomes[i])
            {
                case StartOutcome.Online:
                    TscOffsetEstimate offset = _offsets[i];
                    log.Write(LogLevel.Debug, $"pcpu: {_started[i].Pcpu.Index} online apic={apic} tsc offset={offset.Offset} error={offset.RoundTrip / 2} kept={_started[i].Pcpu.Block->TscOffset} moved={(_moved[i] ? 1 : 0)}");
                    if (_started[i].HadOtherMemoryTypes)
                    {
                        // Always in QEMU, where INIT clears them.
                        log.Write(LogLevel.Debug, $"pcpu: {_started[i].Pcpu.Index} had other memory types (MTRRs) than the boot processor; it has the same now");
                    }

                    break;
                case StartOutcome.Unreachable:
                    log.Write(LogLevel.Warning, $"pcpu: the processor with APIC ID {apic} is left out: the local APICs have no x2APIC mode, and cannot name it");
                    break;
                case StartOutcome.Silent:
                    log.Write(LogLevel.Warning, $"pcpu: the processor with APIC ID {apic} is left out: it did not start within {LastAnswer / 1_000_000} ms");
                    break;
                case StartOutcome.Deaf:
                    log.Write(LogLevel.Warning, $"pcpu: the processor with APIC ID {apic} is left out: it started, and then stopped answering");
                    break;
                default:
                    WriteRefusal(log, apic, _started[i]);
                    break;
            }
        }
    }

    private static void WriteRefusal(Log log, uint apic, ApplicationProcessor processor)
    {
        if (processor.Obstacle != null)
        {
            log.Write(LogLevel.Warning, $"pcpu: the processor with APIC ID {apic} is left out: {processor.Obstacle}");
        }
        else
        {
            log.Write(LogLevel.Warning, $"pcpu: the processor with APIC ID {apic} is left out: it lacks what the boot processor has, CPUID {processor.MissingRegister} bits {processor.MissingBits:x}");
        }
    }

    private StartOutcome Start(int i, BootState boot, Trampoline trampoline)
    {
        HostLocalApic apic = _pcpus[0].LocalApic;
        if (!apic.CanReach(_list[i]))
        {
            return StartOutcome.Unreachable;
        }

        ApplicationProcessor processor = Build(i, boot);
        _started[i] = processor;
        Trampoline.Expect(_information.PcpuMemory.StackTop(i - 1), processor);
        SendStartup(apic, _list[i], trampoline);
        if (!WaitWhileSilent(processor, FirstAnswer))
        {
            SendStartup(apic, _list[i], trampoline);
            if (!WaitWhileSilent(processor, LastAnswer))
            {
                return StartOutcome.Silent;
            }
        }

        if (processor.State == ApplicationProcessorState.Refused)
        {
            return StartOutcome.Refused;
        }

        bool isOnline = TscSynchronization.TryRun(processor, _machine.Clock, out _offsets[i], out _moved[i])
            && TscSynchronization.TryAsk(processor, _machine.Clock, ApplicationProcessorRequest.Release, 0, out _)
            && AnswersKick(processor.Pcpu);
        return isOnline ? StartOutcome.Online : StartOutcome.Deaf;
    }

    private static void SendStartup(HostLocalApic apic, uint apicId, Trampoline trampoline)
    {
        if (apicId != TestSwitches.SilentApic)
        {
            apic.SendStartup(apicId, trampoline.Page);
        }
    }

    private ApplicationProcessor Build(int i, BootState boot)
    {
        int index = _pcpus.Count;
        PcpuLayout memory = _information.PcpuMemory;
        Span<ulong> tops = stackalloc ulong[HostLayout.InterruptStackCount];
        for (int stack = 0; stack < tops.Length; stack++)
        {
            tops[stack] = memory.InterruptStackTop(i - 1, stack);
        }

        _virtualization.AddPcpu(index, (byte*)memory.Virtualization(i - 1));
        var pcpu = new HostPcpu(_pcpus, NewBlock(), new HostLocalApic(_machine.Clock), _list[i], _machine.Clock);
        return new ApplicationProcessor(
            pcpu, index, new DescriptorTables(tops, _machine.DescriptorTables), _information.PageTables, _virtualization, _runsGuests, boot, _pcpus[0], _processor);
    }

    private static PcpuBlock* NewBlock()
    {
        // Objects never move.
        var storage = new byte[2 * PcpuBlock.Length];
        fixed (byte* start = storage)
        {
            return (PcpuBlock*)(((ulong)start + PcpuBlock.Length - 1) & ~(ulong)(PcpuBlock.Length - 1));
        }
    }

    private bool AnswersKick(HostPcpu pcpu)
    {
        _pcpus[0].LocalApic.SendInterrupt(pcpu.ApicId, InterruptVector.Kick);
        ulong end = _machine.Clock.Now + LastAnswer;
        while (Volatile.Read(ref pcpu.Block->Kicks) == 0)
        {
            if (_machine.Clock.Now > end)
            {
                return false;
            }

            Intrinsics.Pause();
        }

        return true;
    }

    private bool WaitWhileSilent(ApplicationProcessor processor, ulong limit)
    {
        ulong end = _machine.Clock.Now + limit;
        while (processor.State == ApplicationProcessorState.Silent)
        {
            if (_machine.Clock.Now > end)
            {
                return false;
            }

            Intrinsics.Pause();
        }

        return true;
    }

    private void Wait(ulong nanoseconds)
    {
        ulong end = _machine.Clock.Now + nanoseconds;
        while (_machine.Clock.Now < end)
        {
            Intrinsics.Pause();
        }
    }
}
