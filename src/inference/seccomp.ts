/** A seccomp filter as classic BPF: system calls that a model's process never needs answer EPERM. x86-64 only. */

const auditArchX64 = 0xc000003e;
const x32Bit = 0x40000000;
const load = 0x20;
const jumpIfEqual = 0x15;
const jumpIfAtLeast = 0x35;
const ret = 0x06;
const killProcess = 0x80000000;
const errnoPermission = 0x00050001;
const allow = 0x7fff0000;

/** Numbers of linux/arch/x86/entry/syscalls/syscall_64.tbl. */
const denied: Readonly<Record<string, number>> = {
  socket: 41,
  connect: 42,
  accept: 43,
  sendto: 44,
  bind: 49,
  listen: 50,
  ptrace: 101,
  pivot_root: 155,
  chroot: 161,
  mount: 165,
  umount2: 166,
  swapon: 167,
  reboot: 169,
  init_module: 175,
  kexec_load: 246,
  add_key: 248,
  request_key: 249,
  keyctl: 250,
  unshare: 272,
  perf_event_open: 298,
  name_to_handle_at: 303,
  open_by_handle_at: 304,
  setns: 308,
  process_vm_readv: 310,
  process_vm_writev: 311,
  finit_module: 313,
  kexec_file_load: 320,
  bpf: 321,
  userfaultfd: 323,
  io_uring_setup: 425,
  io_uring_enter: 426,
  io_uring_register: 427,
  open_tree: 428,
  move_mount: 429,
  fsopen: 430,
  pidfd_getfd: 438,
};

/** The program for bubblewrap's `--seccomp`; null on other processors. */
export function seccompProgram(arch: string = process.arch): Buffer | null {
  if (arch !== "x64") return null;
  const numbers = Object.values(denied);
  const instructions: [code: number, jt: number, jf: number, k: number][] = [
    [load, 0, 0, 4],
    [jumpIfEqual, 1, 0, auditArchX64],
    [ret, 0, 0, killProcess],
    [load, 0, 0, 0],
    [jumpIfAtLeast, 0, 1, x32Bit],
    [ret, 0, 0, killProcess],
    ...numbers.flatMap((number): [number, number, number, number][] => [
      [jumpIfEqual, 0, 1, number],
      [ret, 0, 0, errnoPermission],
    ]),
    [ret, 0, 0, allow],
  ];
  const program = Buffer.alloc(instructions.length * 8);
  for (const [index, [code, jt, jf, k]] of instructions.entries()) {
    program.writeUInt16LE(code, index * 8);
    program.writeUInt8(jt, index * 8 + 2);
    program.writeUInt8(jf, index * 8 + 3);
    program.writeUInt32LE(k, index * 8 + 4);
  }
  return program;
}
