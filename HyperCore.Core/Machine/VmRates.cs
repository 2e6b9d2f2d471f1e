using System;
using HyperCore.Core.Exits;
using HyperCore.Core.Menu;

namespace HyperCore.Core.Machine;

/// <summary>
/// How much of the processors a VM uses and how often it exits, of late. Counters of vCPUs that run on other pCPUs are read as they are: they
/// may be a little behind.
/// </summary>
public sealed class VmRates
{
    // Time in nanoseconds a second, to per cent.
    private const ulong PerCent = 10_000_000;

    private readonly Rate[] _times;
    private readonly Rate[] _exits;
    private readonly Rate[] _reasons = new Rate[(int)ExitReason.InvalidGuestState + 1];
    private ulong _sampledAt;
    private uint _powerOns;

    /// <summary>Creates the rates of a VM.</summary>
    /// <param name="vcpus">How many vCPUs it has.</param>
    public VmRates(int vcpus)
    {
        _times = new Rate[vcpus];
        _exits = new Rate[vcpus];
    }

    /// <summary>CPU of all vCPUs, per cent of one pCPU.</summary>
    public int CpuPercent { get; private set; }

    /// <summary>Exits a second of all vCPUs.</summary>
    public ulong Exits { get; private set; }

    /// <summary>CPU of one vCPU, per cent of one pCPU.</summary>
    public int CpuPercentOf(int vcpu) => (int)Math.Min((_times[vcpu].PerSecond + (PerCent / 2)) / PerCent, 100);

    /// <summary>Exits a second of one vCPU.</summary>
    public ulong ExitsOf(int vcpu) => _exits[vcpu].PerSecond;

    /// <summary>Exits a second for one reason.</summary>
    public ulong ExitsFor(ExitReason reason) => _reasons[(int)reason].PerSecond;

    /// <summary>Looks at the VM's counters.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="now">The time, nanoseconds of the machine's clock.</param>
    public void Sample(VirtualMachine vm, ulong now)
    {
        bool isNew = vm.PowerOns != _powerOns;
        ulong interval = now - _sampledAt;
        interval = isNew ? Math.Min(interval, vm.Uptime) : interval;
        _powerOns = vm.PowerOns;
        _sampledAt = now;
        ulong time = 0;
        ulong exits = 0;
        for (int i = 0; i < _times.Length; i++)
        {
            _times[i].Sample(vm[i].Task.RunTime, interval, isNew);
            _exits[i].Sample(vm[i].Counters.Total, interval, isNew);
            time += Math.Min(_times[i].PerSecond, 100 * PerCent);
            exits += _exits[i].PerSecond;
        }

        for (int reason = 0; reason < _reasons.Length; reason++)
        {
            _reasons[reason].Sample(CountOf(vm, (ExitReason)reason), interval, isNew);
        }

        CpuPercent = (int)((time + (PerCent / 2)) / PerCent);
        Exits = exits;
    }

    /// <summary>The reasons for which a VM exits most, the most frequent first.</summary>
    /// <returns>How many there are, at most as many as fit.</returns>
    public int GetShares(VirtualMachine vm, Span<ExitShare> shares)
    {
        int count = 0;
        for (int reason = 0; reason < _reasons.Length; reason++)
        {
            var share = new ExitShare { Reason = (ExitReason)reason, Count = CountOf(vm, (ExitReason)reason), Rate = _reasons[reason].PerSecond };
            if (share.Count == 0)
            {
                continue;
            }

            // Into its place; the least frequent one falls out when there are too many.
            int at = count;
            while (at > 0 && shares[at - 1].Count < share.Count)
            {
                at--;
            }

            if (at == shares.Length)
            {
                continue;
            }

            count = Math.Min(count + 1, shares.Length);
            for (int i = count - 1; i > at; i--)
            {
                shares[i] = shares[i - 1];
            }

            shares[at] = share;
        }

        return count;
    }

    private static ulong CountOf(VirtualMachine vm, ExitReason reason)
    {
        ulong count = 0;
        for (int i = 0; i < vm.VcpuCount; i++)
        {
            count += vm[i].Counters[reason];
        }

        return count;
    }
}
