namespace HyperCore.Core.Paging;

/// <summary>What a guest may do with a page.</summary>
public enum NestedAccess
{
    /// <summary>Read, write and execute: RAM.</summary>
    All,

    /// <summary>Read and write: a device's memory.</summary>
    ReadWrite,

    /// <summary>Read and execute.</summary>
    ReadExecute,

    /// <summary>Read only.</summary>
    Read,
}
