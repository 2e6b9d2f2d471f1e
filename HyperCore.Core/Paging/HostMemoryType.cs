namespace HyperCore.Core.Paging;

/// <summary>
/// Memory type of a page in HyperCore's own tables: the number of the entry in the PAT MSR. The MTRRs have their say too, so device registers that
/// firmware made uncacheable stay so under <see cref="WriteBack"/>. AMD APM vol. 2, 7.8.
/// </summary>
public enum HostMemoryType
{
    /// <summary>PA0: cached as far as the MTRRs allow.</summary>
    WriteBack = 0,

    /// <summary>PA3: uncacheable whatever the MTRRs say.</summary>
    Uncacheable = 3,

    /// <summary>PA4: writes are gathered into bursts whatever the MTRRs say; for the framebuffer.</summary>
    WriteCombining = 4,
}
