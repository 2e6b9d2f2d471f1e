using System;

namespace HyperCore.Core.Paging;

/// <summary>What HyperCore itself may do with a page.</summary>
[Flags]
public enum HostPageAccess
{
    /// <summary>Nothing: the page is not present.</summary>
    None = 0,

    /// <summary>Read.</summary>
    Read = 1,

    /// <summary>Read and write.</summary>
    Write = 2,

    /// <summary>Read and fetch instructions.</summary>
    Execute = 4,
}
