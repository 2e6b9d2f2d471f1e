using System.Runtime.InteropServices;

namespace HyperCore.Core.Usb;

/// <summary>A transfer request block: an entry of a ring (xHCI 1.2, 4.11).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct Trb
{
    public const int Size = 16;

    public const uint Cycle = 1 << 0;
    public const uint ToggleCycle = 1 << 1;
    public const uint InterruptOnShortPacket = 1 << 2;
    public const uint InterruptOnCompletion = 1 << 5;
    public const uint ImmediateData = 1 << 6;
    public const uint DirectionIn = 1 << 16;
    public const uint TransferTypeOut = 2 << 16;
    public const uint TransferTypeIn = 3 << 16;

    public ulong Parameter;
    public uint Status;
    public uint Control;

    public readonly TrbType Type => (TrbType)((Control >> 10) & 0x3F);

    /// <summary>Of an event.</summary>
    public readonly CompletionCode Code => (CompletionCode)(Status >> 24);

    /// <summary>Of a transfer event: what was not transferred. Of a command's: its parameter.</summary>
    public readonly int Residual => (int)(Status & 0xFF_FFFF);

    public readonly int Slot => (int)(Control >> 24);

    public readonly int Endpoint => (int)(Control >> 16) & 0x1F;

    public static uint ControlOf(TrbType type, uint flags = 0) => ((uint)type << 10) | flags;

    public static uint ControlOf(TrbType type, int slot, int endpoint = 0) => ((uint)type << 10) | ((uint)endpoint << 16) | ((uint)slot << 24);
}
