using System;

namespace HyperCore.Tool.Disks;

/// <summary>A partition of a GPT. (UEFI 2.10, 5.3.3.)</summary>
/// <param name="Number">From 1.</param>
/// <param name="Type">What it is for.</param>
/// <param name="Id">Its own GUID.</param>
/// <param name="FirstBlock">Its first logical block.</param>
/// <param name="LastBlock">Its last logical block.</param>
/// <param name="Name">Its name, for people.</param>
internal sealed record GuidPartition(int Number, Guid Type, Guid Id, ulong FirstBlock, ulong LastBlock, string Name)
{
    /// <summary>The type of an EFI system partition.</summary>
    public static readonly Guid EfiSystem = new("C12A7328-F81F-11D2-BA4B-00A0C93EC93B");

    /// <summary>How many logical blocks it has.</summary>
    public ulong Blocks => LastBlock - FirstBlock + 1;
}
