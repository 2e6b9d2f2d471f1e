using System;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Machine;
using HyperCore.Core.Memory;
using HyperCore.Core.Menu;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Drivers;
using HyperCore.Efi.Startup;
using HyperCore.Efi.Virtualization;

namespace HyperCore.Efi;

/// <summary>Says what machine this is: to the menu and to the log.</summary>
internal static class MachineDescription
{
    /// <summary>Collects what the menu shows.</summary>
    public static MachineFacts Create(
        StartupInformation information, HostMachine machine, PhysicalProcessor processor, int pcpus, VirtualizationHost virtualization, FrameAllocator memory, bool hasUsb)
    {
        var facts = new MachineFacts { Version = ProductVersion.Text, MemoryTotal = information.MemoryMap.TotalRam, Memory = memory };
        Span<char> buffer = stackalloc char[120];
        facts.Add("Processor", processor.ReadBrand());
        int listed = information.Processors.Count;
        facts.Add("Processors", new string(pcpus == listed ? TextBuilder.Format(buffer, $"{pcpus}") : TextBuilder.Format(buffer, $"{pcpus} of {listed}, see the log")), pcpus == listed ? FactLevel.Neutral : FactLevel.Careful);
        facts.Add("Firmware", new string(TextBuilder.Format(buffer, $"{information.FirmwareVendor}, UEFI {information.UefiRevision >> 16}.{(information.UefiRevision & 0xFFFF) / 10}")));
        FramebufferInformation? screen = information.Framebuffer;
        facts.Add("Display", screen == null ? "none: menu on the serial line" : new string(TextBuilder.Format(buffer, $"{screen.Width} x {screen.Height}")), screen == null ? FactLevel.Careful : FactLevel.Neutral);
        facts.Add("Input", InputOf(machine, hasUsb), machine.Keyboard.HasKeyboard || hasUsb ? FactLevel.Neutral : FactLevel.Careful);
        facts.Add("Clock", new string(TextBuilder.Format(buffer, $"TSC {machine.Clock.TscFrequency / 1_000_000} MHz ({machine.Clock.Source})")));
        virtualization.AddFeatures(facts);
        facts.AddFeature("1 GiB pages", (processor.Cpuid(0x8000_0001).Edx & (1u << 26)) != 0);
        facts.AddFeature("x2APIC", (processor.Cpuid(1).Ecx & (1u << 21)) != 0);
        facts.AddFeature("TSC deadline", (processor.Cpuid(1).Ecx & (1u << 24)) != 0);
        facts.AddFeature("Invariant TSC", (processor.Cpuid(0x8000_0007).Edx & 0x100) != 0);
        return facts;
    }

    /// <summary>Writes the lines that scripts rely on.</summary>
    public static void Log(Log log, MachineFacts facts, StartupInformation information, HostMachine machine, PhysicalProcessor processor, int pcpus, string virtualization, string? obstacle)
    {
        log.Write(LogLevel.Info, $"hypercore: version={facts.Version} cpu=\"{processor.ReadBrand()}\" virt={(obstacle == null ? virtualization : "none")} pcpus={pcpus} memory={facts.MemoryTotal >> 20}M");
        if (obstacle != null)
        {
            log.Write(LogLevel.Error, $"hypercore: no VM can start: {obstacle}");
        }

        if (machine.AcpiProblem.Length > 0)
        {
            log.Write(LogLevel.Warning, $"acpi: {machine.AcpiProblem}");
        }
    }

    /// <summary>Tells log and menu who has how much memory, when HyperCore has all that it takes for itself.</summary>
    public static void TellMemory(Log log, MachineFacts facts, StartupInformation information)
    {
        FrameAllocator memory = facts.Memory;
        Span<char> buffer = stackalloc char[120];
        facts.Add("Own memory", new string(TextBuilder.Format(buffer, $"{OwnBytes(information, memory) >> 10} KiB, files {information.Files.AllocatedBytes >> 20} MiB")));
        information.Trust.Describe(facts);
        log.Write(LogLevel.Info, $"memory: hypercore={OwnBytes(information, memory) >> 10}K image={information.Footprint.Image >> 10}K heap={information.Footprint.Heap >> 10}K stacks={information.Footprint.Stacks >> 10}K tables={information.Footprint.PageTables >> 10}K files={information.Files.AllocatedBytes >> 10}K free={memory.FreeBytes >> 10}K");
    }

    // What is plugged into a USB controller is found later, and comes and goes.
    private static string InputOf(HostMachine machine, bool hasUsb)
    {
        string ps2 = machine.Keyboard.HasMouse ? "PS/2 keyboard and mouse" : "PS/2 keyboard";
        return machine.Keyboard.HasKeyboard ? hasUsb ? machine.Keyboard.HasMouse ? "PS/2 keyboard and mouse, USB" : "PS/2 keyboard, USB" : ps2 : hasUsb ? "USB" : "no keyboard";
    }

    private static ulong OwnBytes(StartupInformation information, FrameAllocator memory) =>
        information.Footprint.Total + memory.UsedBytes(FrameOwner.HyperCore);
}
