using System;
using System.Runtime.CompilerServices;
using HyperCore.Core.Devices;

namespace HyperCore.Tests.Fakes;

/// <summary>Memory for the registers of a local APIC.</summary>
internal static unsafe class TestApicPage
{
    // Kept: who has only the address keeps no array from being collected.
    private static readonly ConditionalWeakTable<ApicRegisterPage, byte[]> s_memory = [];

    /// <summary>Registers in memory that stays where it is.</summary>
    /// <param name="isUsedByProcessor">See <see cref="ApicRegisterPage.IsUsedByProcessor"/>.</param>
    public static ApicRegisterPage Create(bool isUsedByProcessor = false)
    {
        byte[] memory = GC.AllocateArray<byte>(ApicRegisterPage.Size, pinned: true);
        var page = new ApicRegisterPage((byte*)Unsafe.AsPointer(ref memory[0]), isUsedByProcessor);
        s_memory.Add(page, memory);
        return page;
    }
}
