using HyperCore.Core.Diagnostics;
using HyperCore.Core.Memory;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Startup;

namespace HyperCore.Efi;

/// <summary>Where start-up hands over to.</summary>
public static class Hypervisor
{
    /// <summary>Before ExitBootServices: the last chance to load files and to turn back.</summary>
    /// <returns>Null to carry on, else why HyperCore cannot start.</returns>
    public static string? Prepare(StartupInformation information) => null;

    /// <summary>After ExitBootServices, with interrupts off, on HyperCore's own stack and page tables. Does not return.</summary>
    public static void Run(StartupInformation information)
    {
        System.Span<char> buffer = stackalloc char[200];
        EarlySerial.Write(TextBuilder.Format(buffer, $"firmware: {information.FirmwareVendor} {information.FirmwareRevision:x} uefi={information.UefiRevision:x}\r\n"));
        EarlySerial.Write(TextBuilder.Format(buffer, $"image: {information.ImagePath} base=0x{information.ImageBase:x} size={information.ImageSize}\r\n"));
        EarlySerial.Write(TextBuilder.Format(buffer, $"acpi: rsdp=0x{information.RootSystemDescriptionPointer:x} smbios=0x{information.SmbiosEntryPoint:x}\r\n"));
        EarlySerial.Write(TextBuilder.Format(buffer, $"time: {information.WallClockSeconds}\r\n"));
        EarlySerial.Write(TextBuilder.Format(buffer, $"config: {information.Config.Length} bytes {information.Config.Error}\r\n"));
        FramebufferInformation? screen = information.Framebuffer;
        EarlySerial.Write(screen == null
            ? "screen: none\r\n"
            : TextBuilder.Format(buffer, $"screen: {screen.Width}x{screen.Height} at 0x{screen.Address:x}\r\n"));
        EarlySerial.Write(TextBuilder.Format(
            buffer,
            $"own: image={information.Footprint.Image} stacks={information.Footprint.Stacks} heap={information.Footprint.Heap} tables={information.Footprint.PageTables} total={information.Footprint.Total}\r\n"));
        for (int i = 0; i < information.MemoryMap.Count; i++)
        {
            HostMemoryRange range = information.MemoryMap[i];
            EarlySerial.Write(TextBuilder.Format(buffer, $"memory: {range.Start:x12}-{range.End:x12} kind={(int)range.Kind}\r\n"));
        }

        while (true)
        {
            Intrinsics.Halt();
        }
    }
}
