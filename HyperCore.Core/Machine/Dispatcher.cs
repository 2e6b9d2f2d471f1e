using System.Numerics;

namespace HyperCore.Core.Machine;

/// <summary>Brings the scheduler's decisions to the pCPUs: who has to look again is interrupted.</summary>
public sealed unsafe class Dispatcher
{
    private readonly HostServices _host;

    /// <summary>Creates the dispatcher of a machine.</summary>
    /// <param name="host">The hardware.</param>
    /// <param name="maxVcpus">The most vCPUs of all VMs together.</param>
    public Dispatcher(HostServices host, int maxVcpus)
    {
        _host = host;
        Scheduler = new Scheduler(host.PcpuCount, maxVcpus);
    }

    /// <summary>How many pCPUs there are.</summary>
    public int PcpuCount => _host.PcpuCount;

    /// <summary>The run queues.</summary>
    public Scheduler Scheduler { get; }

    /// <summary>The loop of the console processor, which must let go of a vCPU before it can wait for its VM.</summary>
    public PcpuLoop? ConsoleLoop { get; set; }

    /// <summary>The time on the console processor, nanoseconds.</summary>
    public ulong ConsoleNow => Now(0);

    /// <summary>Has pCPUs look again.</summary>
    /// <param name="pcpus">A bit for each.</param>
    /// <param name="self">The caller's number: it only notes that it has to look.</param>
    public void Signal(ulong pcpus, int self)
    {
        while (pcpus != 0)
        {
            int pcpu = BitOperations.TrailingZeroCount(pcpus);
            pcpus &= pcpus - 1;
            if (pcpu == self)
            {
                *_host.Pcpu(pcpu).Attention = 1;
            }
            else
            {
                _host.Kick(pcpu);
            }
        }
    }

    /// <summary>There is something for a vCPU to do.</summary>
    public void Wake(SchedulerTask task, int self) => Signal(Scheduler.Wake(task, self, Now(self)), self);

    /// <summary>A vCPU has nothing to do.</summary>
    public void Block(SchedulerTask task, int self) => Scheduler.Block(task, self, Now(self));

    /// <summary>Keeps a VM's vCPUs from running, without waiting until they have stopped.</summary>
    public void Suspend(SchedulerGroup group, SuspendReasons reason, int self) => Signal(Scheduler.Suspend(group, reason, self, Now(self)), self);

    /// <summary>Takes a reason away for which a VM's vCPUs may not run.</summary>
    public void Resume(SchedulerGroup group, SuspendReasons reason, int self) => Signal(Scheduler.Resume(group, reason, self, Now(self)), self);

    /// <summary>Changes whose vCPUs come first; null: nobody's.</summary>
    public void SetForeground(SchedulerGroup? group) => Signal(Scheduler.SetForeground(group, 0, Now(0)), 0);

    /// <summary>
    /// Keeps a VM's vCPUs from running and waits until no pCPU has one. For the console processor, which must not hold any VM's lock, because
    /// the others may need it to come to an end.
    /// </summary>
    public void SuspendAndWait(SchedulerGroup group, SuspendReasons reason)
    {
        Suspend(group, reason, 0);
        ConsoleLoop?.LetGo(group);
        while (Scheduler.IsLoaded(group, 0))
        {
            _host.Pcpu(0).Relax();
        }
    }

    private ulong Now(int pcpu) => _host.Pcpu(pcpu).Clock.Now;
}
