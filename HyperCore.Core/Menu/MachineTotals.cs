namespace HyperCore.Core.Menu;

/// <summary>What all VMs together take of the machine.</summary>
public struct MachineTotals
{
    /// <summary>pCPUs that run VMs.</summary>
    public int Processors;

    /// <summary>CPU that VMs used lately, per cent of one pCPU.</summary>
    public int CpuPercent;

    /// <summary>Exits a second of all VMs, lately.</summary>
    public ulong ExitRate;

    /// <summary>VMs that run.</summary>
    public int Running;

    /// <summary>Memory of the VMs, bytes.</summary>
    public ulong GuestMemory;
}
