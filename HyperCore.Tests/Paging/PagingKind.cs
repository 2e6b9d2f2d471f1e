namespace HyperCore.Tests.Paging;

/// <summary>The processor's paging modes.</summary>
internal enum PagingKind
{
    Bits32,
    Pae,
    Level4,
    Level5,
}
