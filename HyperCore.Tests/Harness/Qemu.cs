using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace HyperCore.Tests.Harness;

/// <summary>The QEMU and the firmware that are installed.</summary>
internal static partial class Qemu
{
    private static readonly Lazy<int> s_majorVersion = new(FindMajorVersion);

    // Only code in system management mode may write to the store.
    private static readonly string[] s_protectVariables = ["-global", "driver=cfi.pflash01,property=secure,value=on", "-global", "ICH9-LPC.disable_s3=1"];
    private static readonly string[] s_firmware = ["/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/edk2/x64/OVMF_CODE.4m.fd"];

    /// <summary>The program; the environment variable HYPERCORE_QEMU names another one.</summary>
    public static string Program => Environment.GetEnvironmentVariable("HYPERCORE_QEMU") ?? "qemu-system-x86_64";

    /// <summary>
    /// All processors on one thread (single) or each on its own (multi, by the environment variable HYPERCORE_TCG_THREAD): SVM as QEMU 7.2 emulates it
    /// is not safe with several (docs/testing.md).
    /// </summary>
    public static string Threads => Environment.GetEnvironmentVariable("HYPERCORE_TCG_THREAD") ?? "single";

    /// <summary>The processor model: AMD with SVM and nested paging; from 9.0 on QEMU emulates x2APIC too.</summary>
    public static string DefaultCpu => s_majorVersion.Value >= 9 ? "EPYC,+x2apic" : "EPYC";

    /// <summary>OVMF's code.</summary>
    public static string FirmwareCode => s_firmware.FirstOrDefault(File.Exists) ?? throw new FileNotFoundException("no OVMF is installed: apt-get install ovmf");

    /// <summary>OVMF's code with Secure Boot.</summary>
    public static string SecureFirmwareCode => FirmwareCode.Replace(".fd", ".secboot.fd", StringComparison.Ordinal) is { } path && File.Exists(path)
        ? path
        : throw new FileNotFoundException("no OVMF with Secure Boot is installed: apt-get install ovmf");

    /// <summary>The variable store that belongs to it, to be copied for each machine.</summary>
    public static string FirmwareVariables => FirmwareCode.Replace("CODE", "VARS", StringComparison.Ordinal);

    /// <summary>Code and variables in one file, for a machine without flash memory.</summary>
    public static string FirmwareInOne => Path.Combine(Path.GetDirectoryName(FirmwareCode)!, "..", "ovmf", "OVMF.fd");

    /// <summary>The file with a machine's variables.</summary>
    /// <param name="options">What it is.</param>
    /// <param name="folder">Where its own files are.</param>
    public static string VariableStore(MachineOptions options, string folder) => options.VariableStore ?? Path.Combine(folder, "vars.fd");

    /// <summary>The command line of a machine.</summary>
    /// <param name="options">What it is.</param>
    /// <param name="image">What it boots from, unless the options name a kernel; not written to.</param>
    /// <param name="folder">Where its sockets and its firmware variables are.</param>
    public static List<string> Arguments(MachineOptions options, string image, string folder) =>
    [
        "-machine", "q35,kernel-irqchip=split" + (options.HasI8042 ? "" : ",i8042=off") + (options.SecureBootVariables == null ? "" : ",smm=on"),
        .. options.SecureBootVariables == null ? [] : s_protectVariables,
        "-accel", $"tcg,thread={Threads}",
        "-cpu", options.Cpu,
        "-smp", options.Processors.ToString(),
        "-m", options.Memory,
        "-nodefaults",
        "-vga", options.Vga,
        "-display", "none",
        .. options.Kernel != null ? ["-kernel", options.Kernel] : Firmware(options, folder),
        .. options.Kernel != null ? [] : MediumArguments(options, image),
        "-chardev", "stdio,id=serial,signal=off",
        "-serial", "chardev:serial",
        "-chardev", $"socket,id=qmp,path={folder}/qmp,server=off",
        "-mon", "chardev=qmp,mode=control",
        .. options.Arguments,
    ];

    private static string[] Firmware(MachineOptions options, string folder) => options.HasFlash
        ?
        [
            "-drive", $"if=pflash,unit=0,format=raw,readonly=on,file={options.Firmware ?? (options.SecureBootVariables == null ? FirmwareCode : SecureFirmwareCode)}",
            "-drive", $"if=pflash,unit=1,format=raw,file={VariableStore(options, folder)}",
        ]
        : ["-bios", FirmwareInOne];

    private static string[] MediumArguments(MachineOptions options, string image)
    {
        string drive = $"if=none,id=medium,format=raw,snapshot=on,file={image}";
        return options.Medium switch
        {
            Medium.Usb => ["-drive", drive, "-device", "qemu-xhci", "-device", "usb-storage,drive=medium" + (options.StartsFromStick ? ",bootindex=0" : "")],
            Medium.Sd => ["-drive", drive, "-device", "sdhci-pci", "-device", "sd-card,drive=medium"],
            Medium.Emmc => ["-drive", drive, "-device", "sdhci-pci", "-device", "emmc,drive=medium"],
            _ => [],
        };
    }

    private static int FindMajorVersion() => int.Parse(MajorVersion().Match(HostCommand.Run(Program, "--version")).Groups[1].Value);

    [GeneratedRegex(@"version (\d+)\.")]
    private static partial Regex MajorVersion();
}
