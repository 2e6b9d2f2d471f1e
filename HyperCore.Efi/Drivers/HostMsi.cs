using HyperCore.Core.Pci;
using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Drivers;

/// <summary>Has a PCI function interrupt by messages: one vector of one pCPU (PCI Local Bus 3.0, 6.8; AMD APM vol. 2, 16.11).</summary>
internal static class HostMsi
{
    private const byte MsiCapability = 0x05;
    private const byte MsixCapability = 0x11;
    private const int ControlOffset = 2;

    private const ushort MsiEnable = 1 << 0;
    private const ushort MsiMultipleMask = 7 << 4;
    private const ushort Msi64Bit = 1 << 7;

    private const ushort MsixEnable = 1 << 15;
    private const ushort MsixMaskAll = 1 << 14;
    private const uint MsixSizeMask = 0x7FF;
    private const int MsixTableOffset = 4;
    private const uint MsixBarMask = 7;
    private const uint MsixEntryBytes = 16;
    private const uint MsixEntryMasked = 1;

    private const uint MessageAddress = 0xFEE0_0000;

    // The destination of a message has eight bits.
    private const uint MaxApicId = 0xFF;

    /// <summary>Sends the function's first message to a vector: edge-triggered, fixed. All other messages stay masked.</summary>
    /// <param name="function">The function.</param>
    /// <param name="bar">A base address register that is mapped; messages of MSI-X need the one that has their table.</param>
    /// <param name="apicId">ID of the pCPU's local APIC.</param>
    /// <param name="vector">The vector.</param>
    /// <param name="barIndex">Which one it is.</param>
    /// <returns>False when the function has no messages that can be used.</returns>
    public static bool TryEnable(HostPciFunction function, HostPciBar bar, uint apicId, byte vector, int barIndex = 0)
    {
        if (apicId > MaxApicId)
        {
            return false;
        }

        uint address = MessageAddress | (apicId << 12);
        int msix = function.FindCapability(MsixCapability);
        int msi = function.FindCapability(MsiCapability);
        if (msix != 0 && TryEnableMsix(function, msix, bar, barIndex, address, vector))
        {
            if (msi != 0)
            {
                function.Write16(msi + ControlOffset, (ushort)(function.Read16(msi + ControlOffset) & ~MsiEnable));
            }

            return true;
        }

        if (msi == 0)
        {
            return false;
        }

        if (msix != 0)
        {
            // One of the two at a time (6.8.2).
            function.Write16(msix + ControlOffset, (ushort)(function.Read16(msix + ControlOffset) & ~MsixEnable));
        }

        ushort control = (ushort)(function.Read16(msi + ControlOffset) & ~(MsiEnable | MsiMultipleMask));
        function.Write16(msi + ControlOffset, control);
        function.Write32(msi + 4, address);
        bool is64Bit = (control & Msi64Bit) != 0;
        if (is64Bit)
        {
            function.Write32(msi + 8, 0);
        }

        function.Write16(msi + (is64Bit ? 12 : 8), vector);
        function.Write16(msi + ControlOffset, (ushort)(control | MsiEnable));
        return true;
    }

    /// <summary>The base address register that has the table of MSI-X; -1 when the function has none.</summary>
    public static int TableBar(HostPciFunction function)
    {
        int msix = function.FindCapability(MsixCapability);
        return msix == 0 ? -1 : (int)(function.Read32(msix + MsixTableOffset) & MsixBarMask);
    }

    private static bool TryEnableMsix(HostPciFunction function, int capability, HostPciBar bar, int barIndex, uint address, byte vector)
    {
        uint table = function.Read32(capability + MsixTableOffset);
        ushort control = function.Read16(capability + ControlOffset);
        uint entries = ((uint)control & MsixSizeMask) + 1;
        ulong offset = table & ~MsixBarMask;
        if ((table & MsixBarMask) != (uint)barIndex || offset + (entries * MsixEntryBytes) > bar.Size)
        {
            return false;
        }

        // Enabled with everything masked, so that no message leaves before the table is filled in.
        function.Write16(capability + ControlOffset, (ushort)(control | MsixEnable | MsixMaskAll));
        ulong entry = bar.Address + offset;
        for (uint i = 1; i < entries; i++)
        {
            Intrinsics.WriteMemory32(entry + (i * MsixEntryBytes) + 12, MsixEntryMasked);
        }

        Intrinsics.WriteMemory32(entry, address);
        Intrinsics.WriteMemory32(entry + 4, 0);
        Intrinsics.WriteMemory32(entry + 8, vector);
        Intrinsics.WriteMemory32(entry + 12, 0);
        function.Write16(capability + ControlOffset, (ushort)((control | MsixEnable) & ~MsixMaskAll));
        return true;
    }
}
