using System;
using System.Threading;
using HyperCore.Core.Machine;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Drivers;
using HyperCore.Efi.Panic;
#if PANIC_TEST
using HyperCore.Efi.Startup;
#endif

namespace HyperCore.Efi.Pcpus;

/// <summary>All pCPUs that HyperCore has taken, and how they interrupt each other.</summary>
internal sealed unsafe class HostPcpus : PcpuStopper
{
    private readonly HostPcpu[] _pcpus;
    private Action<PcpuServices>? _loop;

    /// <summary>Starts with the boot processor alone.</summary>
    /// <param name="machine">Its devices.</param>
    /// <param name="capacity">The most pCPUs there can be.</param>
    public HostPcpus(HostMachine machine, int capacity)
    {
        _pcpus = new HostPcpu[capacity];
        _pcpus[0] = new HostPcpu(this, PcpuBlock.OfBootProcessor(), machine.LocalApic, machine.LocalApic.Id, machine.Clock);
        Count = 1;
        InterruptTable.SetHandler(InterruptVector.Kick, new KickHandler());
        PanicHandler.SetStopper(this);
    }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>What the application processors run; null while they sleep.</summary>
    public Action<PcpuServices>? Loop => Volatile.Read(ref _loop);

    /// <summary>One of them; 0 is the boot processor.</summary>
    public HostPcpu this[int index] => _pcpus[index];

    /// <summary>Adds a pCPU, whose number is <see cref="Count"/>.</summary>
    public void Add(HostPcpu pcpu) => _pcpus[Count++] = pcpu;

    /// <summary>Makes a pCPU look at its work, see <see cref="HostServices.Kick"/>.</summary>
    public void Kick(int index)
    {
        HostPcpu pcpu = _pcpus[index];
        Interlocked.Exchange(ref pcpu.Block->Attention, 1);
        if (PcpuBlock.Current() != pcpu.Block)
        {
            _pcpus[0].LocalApic.SendInterrupt(pcpu.ApicId, InterruptVector.Kick);
        }
    }

    /// <summary>Has the application processors run something for ever.</summary>
    public void Start(Action<PcpuServices> loop)
    {
        Volatile.Write(ref _loop, loop);
        for (int i = 1; i < Count; i++)
        {
            Kick(i);
        }
    }

    /// <inheritdoc/>
    public override int StopOthers(int self)
    {
        int count = 0;
        for (int i = 0; i < Count; i++)
        {
            if (i != self)
            {
                _pcpus[0].LocalApic.SendNmi(_pcpus[i].ApicId);
                count++;
            }
        }

        return count;
    }

    private sealed class KickHandler : InterruptHandler
    {
        public override void Handle()
        {
            PcpuBlock* block = PcpuBlock.Current();
            block->Attention = 1;
            Volatile.Write(ref block->Kicks, block->Kicks + 1);
#if PANIC_TEST
            TestSwitches.ProvokePanicOn(block->Index);
#endif
        }
    }
}
