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

    /// <summary>Data can be read and written, and writes may be gathered on their way: the memory of a display.</summary>
    WriteCombining,
}
